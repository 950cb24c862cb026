/// What only a look into the database tells: who really holds the leases, and what was not rung for.
extension ClusterReport {
    /// Puts the database's lease rows beside the candidates, and adds what is amiss between them.
    package mutating func compare(with rows: [LeaseRow]) {
        guard quorum else {
            leases = rows.map { Lease(account: $0.account, candidates: [], row: $0) }
            return
        }
        let lines = Dictionary(leases.map { ($0.account, $0.candidates) }, uniquingKeysWith: { first, _ in first })
        let known = Set(rows.map(\.account))
        // What the candidates alone let conclude is said again by the rows.
        findings.removeAll { $0.account.map(known.contains) ?? false }
        leases =
            rows.map { Lease(account: $0.account, candidates: lines[$0.account] ?? [], row: $0) }
            + leases.filter { !known.contains($0.account) }
        for lease in leases {
            findings += amiss(with: lease).map { finding in
                var finding = finding
                finding.account = lease.account
                return finding
            }
        }
    }

    private func amiss(with lease: Lease) -> [Finding] {
        let account = lease.account
        guard let row = lease.row else {
            return [
                Finding(
                    level: .warning, text: "candidates stand for account \(account), which the database does not have",
                    remedy: "end them, or mend database.url: it may name another installation")
            ]
        }
        let command = "eralink connector run \(row.kind) --account \(account)"
        guard row.enabled else { return [] }
        guard let holder = row.holder else {
            return [
                lease.candidates.isEmpty
                    ? Finding(
                        level: .error, text: "nobody serves account \(account): no connector runs",
                        remedy: "start two, on different hosts, with \"\(command)\"")
                    : Finding(
                        level: .error,
                        text: "nobody holds the lease of account \(account), though \(lease.candidates.count) try",
                        remedy:
                            "look at their logs: they do not reach the database, or cannot open the account's secret")
            ]
        }
        if !components.contains(where: { $0.id == holder }) {
            return [
                Finding(
                    level: .warning,
                    text:
                        "account \(account) is held by \(holder) at \(row.host ?? "?"), which ZooKeeper does not know",
                    remedy:
                        "if it died, a standby takes over within zookeeper.session_timeout; if it lives, look at its network"
                )
            ]
        }
        return lease.candidates.count > 1
            ? []
            : [
                Finding(
                    level: .warning, text: "account \(account) has no standby",
                    remedy: "start a second \"\(command)\" on another host")
            ]
    }

    /// Says of each signal how far it lags behind the database. Signals that are not in `lags` stay as they are.
    package mutating func compare(with lags: [String: Lag]) {
        for index in signals.indices {
            guard let lag = lags[signals[index].name] else { continue }
            signals[index].lag = lag
            let name = signals[index].name
            if lag.isAhead {
                findings.append(
                    Finding(
                        level: .error,
                        text: "signal \(name) is at \(signals[index].position), where the database has not come yet",
                        remedy:
                            "two installations share this path, or the database was restored: give each its own path"))
            } else if lag.count > 0, lag.age > 5000 {
                findings.append(
                    Finding(
                        level: .warning,
                        text: "signal \(name) lags: nobody rang for \(lag.count) for \(lag.age / 1000) s",
                        remedy: "who writes them does not reach ZooKeeper; they are found by polling, at most 1 s later"
                    ))
            }
        }
    }
}
