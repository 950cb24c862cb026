import Logging
import ZooKeeper

extension ClusterReport {
    /// Asks the ensemble how it is. Answers within about five seconds, whatever is up.
    package static func gather(_ configuration: ZooKeeperConfiguration, logger: Logger) async -> ClusterReport {
        let members = await Member.ask(configuration.hosts, within: .milliseconds(1500))
        var configuration = configuration
        // Where a member hangs, the library would spend the time that we have on it.
        let promising = members.filter { $0.mode != nil || $0.isSilent }.map(\.address)
        if !promising.isEmpty { configuration.hosts = promising }
        configuration.callDeadline = .seconds(2)
        let outcome = promising.isEmpty ? nil : await readTree(configuration, within: .milliseconds(2800), logger)
        return assemble(members, outcome)
    }

    private static func readTree(
        _ configuration: ZooKeeperConfiguration, within limit: Duration, _ logger: Logger
    ) async -> Result<Tree, any Error>? {
        await firstAnswer(within: limit) { answer in
            // Not waited for where it is late: closing a session with a server that hangs takes seconds.
            Task {
                do {
                    answer(
                        .success(
                            try await ZooKeeperSession.with(
                                configuration, connectedWithin: limit, logger: logger, Tree.read)))
                } catch {
                    answer(.failure(error))
                }
            }
        }
    }

    static func assemble(_ members: [Member], _ outcome: Result<Tree, any Error>?) -> ClusterReport {
        var report = ClusterReport(quorum: members.contains { $0.mode != nil }, members: members)
        switch outcome {
        case .success(let tree):
            report.quorum = true
            report.components = tree.components
            report.leases = tree.leases
            report.signals = tree.signals
            for index in members.indices where members[index].isSilent && members[index].address == tree.server {
                report.members[index].mode = "serving"
            }
            report.findings = report.findingsOnEnsemble() + report.findingsOnEralink()
        case .failure(let error):
            report.findings = report.findingsOnEnsemble()
            if report.quorum || members.contains(where: \.isSilent) {
                report.findings.append(Finding(unreadable: error))
            }
        case nil:
            report.findings = report.findingsOnEnsemble()
        }
        return report
    }
}

extension ClusterReport.Finding {
    fileprivate init(unreadable error: any Error) {
        let isRefusal = (error as? ZooKeeperError)?.code == .noAuth
        self.init(
            level: .error, text: "the tree cannot be read: \(error)",
            remedy: isRefusal
                ? "set zookeeper.auth to the credentials that the nodes were made with"
                : "try again; look at the server's log")
    }
}
