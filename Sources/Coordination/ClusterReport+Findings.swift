extension ClusterReport {
    /// What is amiss with the servers.
    func findingsOnEnsemble() -> [Finding] {
        var findings: [Finding] = []
        let failed = members.filter { $0.error != nil }
        if !quorum {
            findings.append(
                Finding(
                    level: .error,
                    text: "ZooKeeper does not serve: \(members.count - failed.count) of \(members.count) servers do",
                    remedy: "start the servers that are down; messages flow meanwhile by polling the database"))
        }
        findings += failed.map { Finding(failed: $0, isLast: isLastMajority, quorum: quorum) }
        for member in members where member.isSilent {
            findings.append(
                Finding(
                    level: .warning, text: "\(member.address) may not tell how it is",
                    remedy: "set 4lw.commands.whitelist=srvr in its zoo.cfg"))
        }
        for member in members where (member.outstanding ?? 0) > 100 || (member.latency ?? 0) > 100 {
            findings.append(
                Finding(
                    level: .warning,
                    text: "\(member.address) is slow: \(member.outstanding ?? 0) requests wait, "
                        + "\(member.latency ?? 0) ms on average",
                    remedy: "give its transaction log (dataLogDir) a disk of its own"))
        }
        let versions = Set(members.compactMap(\.version))
        if versions.count > 1 {
            findings.append(
                Finding(
                    level: .warning,
                    text: "the servers run different versions: \(versions.sorted().joined(separator: ", "))",
                    remedy: "finish the upgrade"))
        }
        return findings + findingsOnSize()
    }

    private func findingsOnSize() -> [Finding] {
        if members.contains(where: { $0.mode == "standalone" }) {
            let alone = members.count == 1
            return [
                Finding(
                    level: alone ? .warning : .error,
                    text: alone
                        ? "ZooKeeper is a single server; its crash slows every message down to the polling"
                        : "zookeeper.connect names \(members.count) servers, and one of them stands alone: they are no ensemble",
                    remedy: alone
                        ? "run an ensemble of three and name all in zookeeper.connect"
                        : "give all of them the same server.N lines in zoo.cfg, or name one only")
            ]
        }
        return members.count % 2 == 0 && members.count > 1
            ? [
                Finding(
                    level: .warning,
                    text: "\(members.count) servers survive no more failures than \(members.count - 1) would",
                    remedy: "run an odd number of them, and name all in zookeeper.connect")
            ] : []
    }

    /// Whether one failure more ends the majority.
    private var isLastMajority: Bool {
        let up = members.filter { $0.error == nil }.count
        return quorum && up <= members.count / 2 + 1
    }

    /// What is amiss with our own processes.
    func findingsOnEralink() -> [Finding] {
        var findings: [Finding] = []
        if !strangers.isEmpty {
            let names = strangers.sorted().prefix(5).joined(separator: ", ")
            findings.append(
                Finding(
                    level: .warning,
                    text: "nodes of another program stand at \(chroot.isEmpty ? "/" : chroot): \(names)",
                    remedy: "give Eralink a path of its own: zookeeper.connect=HOST:2181/eralink"))
        }
        if !components.contains(where: { $0.role == "chat" || $0.role == "all" }) {
            findings.append(
                Finding(
                    level: .warning, text: "no chat server is registered",
                    remedy: "start one with \"eralink serve chat\""))
        }
        for lease in leases where lease.candidates.count == 1 {
            findings.append(
                Finding(
                    level: .warning, text: "account \(lease.account) has no standby",
                    remedy: "start a second \"eralink connector run KIND --account \(lease.account)\" on another host",
                    account: lease.account))
        }
        return findings
    }
}

extension ClusterReport.Finding {
    fileprivate init(failed member: ClusterReport.Member, isLast: Bool, quorum: Bool) {
        let reason = member.error ?? ""
        let remedy =
            if member.isStrange {
                "another program listens there: mend zookeeper.connect"
            } else if reason.hasPrefix("no connection in time") {
                "start the host, or let packets through: something swallows them on the way"
            } else if reason.hasPrefix("no address") || reason.hasPrefix("its name") {
                "mend the name in zookeeper.connect, or the name service"
            } else if reason.hasPrefix("connected") {
                "it hangs, or is another program: look at that host, restart ZooKeeper there"
            } else {
                "start ZooKeeper there and look at its log, or take it out of zookeeper.connect"
            }
        self.init(
            level: quorum ? .warning : .error,
            text: "\(member.address): \(reason)\(isLast ? "; one failure more ends the majority" : "")", remedy: remedy)
    }
}
