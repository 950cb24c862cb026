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
        guard !promising.isEmpty else { return assemble(members, nil, configuration.chroot) }
        async let connections = Member.connections(of: promising, within: .milliseconds(1500))
        let outcome = await readTree(configuration, within: .milliseconds(2800), logger)
        return assemble(members, outcome, configuration.chroot, await connections)
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

    static func assemble(
        _ members: [Member], _ outcome: Result<Tree, any Error>?, _ chroot: String, _ connections: [Connection] = []
    ) -> ClusterReport {
        var report = ClusterReport(quorum: members.contains { $0.mode != nil }, members: members, chroot: chroot)
        switch outcome {
        case .success(let tree):
            report.quorum = true
            report.take(tree, connections)
            for index in members.indices where members[index].isSilent && members[index].address == tree.server {
                report.members[index].mode = "serving"
            }
            report.findings = report.findingsOnEnsemble() + report.findingsOnEralink()
            if tree.isEmpty { report.findings.append(.init(nothingAt: chroot)) }
        case .failure(let error):
            report.findings = report.findingsOnEnsemble()
            if report.quorum || members.contains(where: \.isSilent) {
                report.findings.append(Finding(unreadable: error))
            }
        case nil:
            report.findings = report.findingsOnEnsemble()
            if report.quorum || members.contains(where: \.isSilent) { report.findings.append(.sessionRefused) }
        }
        return report
    }

    private mutating func take(_ tree: Tree, _ connections: [Connection]) {
        components = tree.components
        leases = tree.leases
        signals = tree.signals
        branches = tree.branches
        strangers = tree.strangers
        sessions = Self.sessions(of: tree.owners, connections)
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

    fileprivate init(nothingAt chroot: String) {
        self.init(
            level: .warning, text: "nothing of Eralink stands below \(chroot.isEmpty ? "/" : chroot)",
            remedy: "start a daemon, or mend the path in zookeeper.connect if daemons run elsewhere")
    }

    fileprivate static let sessionRefused = Self(
        level: .error, text: "a server answers, but gives us no session in time",
        remedy: "look at its log: too many connections (maxClientCnxns), a full disk, or no majority")
}
