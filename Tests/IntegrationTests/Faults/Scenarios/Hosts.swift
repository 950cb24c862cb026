import Sandbox

extension FaultScenario {
    /// A clock that is wrong on one host: order, leases and expiries go by the database's clock and by monotonic ones.
    static let hosts = [
        FaultScenario(
            name: "the clock of one connector and one ChatServer is 5 minutes ahead", times: 2, limit: .seconds(6),
            doubles: .ofLostAttempts, options: { .withClocks(ahead: ["chat-1", "connector-1"]) }
        ) { stage in
            // The one with the wrong clock takes over from the other, or the other from it.
            await (try await stage.world.activeConnector()).kill()
        } mend: { stage in
            try await stage.restartConnectors()
        }
    ]
}

extension World.Options {
    static func withClocks(ahead daemons: [String]) -> World.Options {
        var options = World.Options.free(chats: 2)
        options.clockOffsets = Dictionary(uniqueKeysWithValues: daemons.map { ($0, "+300s") })
        return options
    }
}
