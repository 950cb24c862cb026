import Coordination

/// The findings of `zk status`, as checks.
enum ZooKeeperCheck {
    static func judge(_ report: ClusterReport?) -> [Diagnosis] {
        guard let report else {
            return [
                .warning(
                    "zookeeper", "zookeeper.connect is not set: all works by polling, a second slower",
                    "set it to host:2181/eralink")
            ]
        }
        if report.findings.isEmpty {
            let modes = report.members.compactMap(\.mode).joined(separator: ", ")
            return [
                .ok("zookeeper", "\(report.members.count) servers (\(modes)), \(report.components.count) processes")
            ]
        }
        return report.findings.map { finding in
            Diagnosis(
                check: "zookeeper", level: finding.level == .error ? .failed : .warning, finding: finding.text,
                remedy: finding.remedy)
        }
    }
}
