import Coordination
import Domain
import ZooKeeper

extension CommandContext {
    /// Where ZooKeeper is, by the settings. Throws a usage error that says what to set.
    func zooKeeperConfiguration() throws -> ZooKeeperConfiguration {
        guard let connect = settings.zookeeper.connect else {
            throw CommandFailure.usage(
                "zookeeper.connect is not set; set it, or ERALINK_ZOOKEEPER_CONNECT, to host:2181/eralink",
                details: [.init("setting", "zookeeper.connect")])
        }
        do {
            return try settings.zookeeper.configuration(connect)
        } catch let error as ZooKeeperError {
            throw CommandFailure.usage(
                "zookeeper.connect: \(error.message)", details: [.init("setting", "zookeeper.connect")])
        }
    }

    /// A session for the time of `body`, with its errors as they are told to people.
    func withZooKeeper<Value: Sendable>(_ body: @Sendable (ZooKeeperSession) async throws -> Value) async throws
        -> Value
    {
        var configuration = try zooKeeperConfiguration()
        configuration.callDeadline = .seconds(3)
        do {
            return try await ZooKeeperSession.with(
                configuration, connectedWithin: .seconds(3), logger: logger("zookeeper"), body)
        } catch let error as ZooKeeperError {
            throw EralinkError(zooKeeper: error)
        }
    }
}

extension EralinkError {
    init(zooKeeper error: ZooKeeperError) {
        switch error.code {
        case .noNode: self.init(.notFound, "\(error); look at \"eralink zk tree\"")
        case .noAuth, .authFailed:
            self.init(
                .unauthorized, "\(error); set zookeeper.auth to the credentials that the nodes were made with",
                details: [.init("setting", "zookeeper.auth")])
        case _ where error.retryable: self.init(.unavailable, "\(error); look at \"eralink zk status\"")
        default: self.init(.internal, "\(error)", retryable: false)
        }
    }
}

/// A path of the tree as a person gives it: below the chroot, with or without a slash at its end.
enum NodePath {
    static func read(_ text: String) throws -> String {
        var path = text
        while path.hasSuffix("/"), path.count > 1 { path.removeLast() }
        guard path.hasPrefix("/"), !path.contains("//"), !path.utf8.contains(0) else {
            throw CommandFailure.usage("a path begins with a slash and has no empty part, as in /components/chat")
        }
        return path
    }
}
