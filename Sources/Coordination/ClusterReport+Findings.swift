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
        for member in failed {
            findings.append(
                Finding(
                    level: quorum ? .warning : .error, text: "\(member.address): \(member.error ?? "")",
                    remedy: "start ZooKeeper there and look at its log, or take it out of zookeeper.connect"))
        }
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
        if members.contains(where: { $0.mode == "standalone" }) {
            findings.append(
                Finding(
                    level: .warning,
                    text: "ZooKeeper is a single server; its crash slows every message down to the polling",
                    remedy: "run an ensemble of three and name all in zookeeper.connect"))
        }
        return findings
    }

    /// What is amiss with our own processes.
    func findingsOnEralink() -> [Finding] {
        var findings: [Finding] = []
        if !components.contains(where: { $0.role == "chat" }) {
            findings.append(
                Finding(
                    level: .warning, text: "no chat server is registered",
                    remedy: "start one with \"eralink serve chat\""))
        }
        for lease in leases where lease.candidates.count == 1 {
            let kind = components.first { $0.account == lease.account }?.role ?? "connector"
            findings.append(
                Finding(
                    level: .warning, text: "account \(lease.account) has no standby",
                    remedy: "start a second \"eralink \(kind) run KIND --account \(lease.account)\" on another host"))
        }
        return findings
    }
}
