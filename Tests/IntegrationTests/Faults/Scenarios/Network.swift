import Sandbox
import Testing

extension FaultScenario {
    /// Bytes stop passing between two of them for some seconds, and no connection is closed.
    static let network = [
        cut("ChatServers and PostgreSQL", seconds: 7, limit: .seconds(14)) { [$0.chatDatabase] },
        cut("connectors and PostgreSQL", seconds: 7, limit: .seconds(16), doubles: .ofLostAttempts) {
            [$0.connectorDatabase]
        },
        cut("ChatServers and ZooKeeper", seconds: 7, limit: .seconds(4)) { [$0.chatZooKeeper] },
        cut("connectors and ZooKeeper", seconds: 7, limit: .seconds(4)) { [$0.connectorZooKeeper] },
        cut("connectors and the messenger", seconds: 5, limit: .seconds(14), doubles: .ofLostAttempts) {
            [$0.messenger]
        },
        cut("agents and ChatServers", seconds: 5, limit: .seconds(14)) { $0.agents },
    ]

    private static func cut(
        _ between: String, seconds: Int, limit: Duration, doubles: Doubles = .never,
        _ cables: @escaping @Sendable (Relays) -> [TCPRelay]
    ) -> FaultScenario {
        FaultScenario(
            name: "network cut between \(between) for \(seconds) s", isShort: false, times: 2, limit: limit,
            doubles: doubles,
            options: {
                var options = World.Options.free(chats: 2)
                options.isRelayed = true
                return options
            }
        ) { stage in
            let cables = cables(try #require(stage.world.relays))
            for cable in cables { cable.cut() }
            // Where the other side of the cut is no part of a message's way, service goes on during it.
            if limit >= .seconds(seconds) { try await Task.sleep(for: .seconds(seconds)) }
            if limit >= .seconds(seconds) { for cable in cables { cable.mend() } }
        } mend: { stage in
            let cables = cables(try #require(stage.world.relays))
            if limit < .seconds(seconds) { try await Task.sleep(for: .seconds(seconds)) }
            for cable in cables { cable.mend() }
        }
    }
}
