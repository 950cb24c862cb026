import Sandbox
import Synchronization

/// The cables of an installation, each of which a test can cut.
final class Relays: Sendable {
    let chatDatabase: TCPRelay
    let connectorDatabase: TCPRelay
    let chatZooKeeper: TCPRelay
    let connectorZooKeeper: TCPRelay
    let messenger: TCPRelay
    private let databaseURL: String
    private let zooKeeperConnect: String
    private let desks = Mutex<[TCPRelay]>([])

    private init(_ relays: [TCPRelay], database: String, zooKeeper: String) {
        (chatDatabase, connectorDatabase) = (relays[0], relays[1])
        (chatZooKeeper, connectorZooKeeper, messenger) = (relays[2], relays[3], relays[4])
        databaseURL = database
        zooKeeperConnect = zooKeeper
    }

    /// - Parameters:
    ///   - database: a URL with one host of loopback.
    ///   - zooKeeper: a connect string with one member.
    static func start(database: String, zooKeeper: String, messenger: Int) async throws -> Relays {
        guard let databasePort = port(in: database), let zooKeeperPort = port(in: zooKeeper) else {
            throw SandboxError("no port in \(zooKeeper), or none in the database's URL")
        }
        var relays: [TCPRelay] = []
        for target in [databasePort, databasePort, zooKeeperPort, zooKeeperPort, messenger] {
            relays.append(try await TCPRelay.start(to: target))
        }
        return Relays(relays, database: database, zooKeeper: zooKeeper)
    }

    var messengerURL: String { "http://127.0.0.1:\(messenger.port)" }

    func settings(of daemon: String) -> [String: String] {
        let isChat = daemon.hasPrefix("chat")
        return [
            "database.url": Self.with(isChat ? chatDatabase.port : connectorDatabase.port, in: databaseURL),
            "zookeeper.connect": Self.with(isChat ? chatZooKeeper.port : connectorZooKeeper.port, in: zooKeeperConnect),
        ]
    }

    /// The port by which agents reach a ChatServer.
    func agents(to port: Int) async throws -> Int {
        let relay = try await TCPRelay.start(to: port)
        desks.withLock { $0.append(relay) }
        return relay.port
    }

    var agents: [TCPRelay] { desks.withLock { $0 } }

    func stop() async {
        for relay in [chatDatabase, connectorDatabase, chatZooKeeper, connectorZooKeeper, messenger] + agents {
            await relay.stop()
        }
    }

    private static func port(in address: String) -> Int? {
        guard let range = address.firstRange(of: "127.0.0.1:") else { return nil }
        return Int(address[range.upperBound...].prefix { $0.isNumber })
    }

    private static func with(_ port: Int, in address: String) -> String {
        guard let old = Self.port(in: address) else { return address }
        return address.replacing("127.0.0.1:\(old)", with: "127.0.0.1:\(port)")
    }
}
