import Coordination

/// The findings of `zk status`, as checks.
enum ZooKeeperCheck {
    /// - Parameter accounts: those that have checks of their own: what is amiss with them is not said twice.
    static func judge(_ report: ClusterReport?, accounts: Set<String> = []) -> [Diagnosis] {
        guard let report else {
            return [
                .warning(
                    "zookeeper", "zookeeper.connect is not set: all works by polling, a second slower",
                    "set it to host:2181/eralink")
            ]
        }
        let findings = report.findings.filter { !($0.account.map(accounts.contains) ?? false) }
        if findings.isEmpty {
            let modes = report.members.compactMap(\.mode).joined(separator: ", ")
            return [
                .ok("zookeeper", "\(report.members.count) servers (\(modes)), \(report.components.count) processes")
            ]
        }
        return findings.map { finding in
            Diagnosis(
                check: "zookeeper", level: finding.level == .error ? .failed : .warning, finding: finding.text,
                remedy: finding.remedy)
        }
    }
}
