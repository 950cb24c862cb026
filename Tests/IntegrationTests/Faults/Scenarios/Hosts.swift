import Domain
import JSON
import Sandbox
import Testing

extension FaultScenario {
    /// A clock that is wrong on one host: order, leases and expiries go by the database's clock and by monotonic ones.
    static let hosts = [
        FaultScenario(
            name: "the clock of one connector and one ChatServer is 5 minutes ahead", times: 2, limit: .seconds(6),
            doubles: .ofLostAttempts, options: { .withClocks(ahead: ["chat-1", "connector-1"]) }
        ) { stage in
            try stage.expectShiftedClocks(by: .seconds(300))
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

extension FaultStage {
    /// The times in the logs of the daemons whose clocks are off are so far ahead of ours, those of the others are not.
    func expectShiftedClocks(by offset: Duration) throws {
        for daemon in world.installation.all where daemon.isRunning {
            let line = try JSONValue(parsing: try #require(daemon.log.last(1).first))
            let said = try #require(line["at"]?.string.flatMap { Timestamp(rfc3339: $0) })
            // It was written some seconds ago.
            let ahead = said.since(.now)
            if world.options.clockOffsets[daemon.name] != nil {
                #expect(ahead > offset - .seconds(100), "the clock of \(daemon.name) is \(ahead) ahead")
                notes.add("the log of \(daemon.name) is ahead as well")
            } else {
                #expect(ahead < .seconds(2), "the clock of \(daemon.name) is \(ahead) ahead")
            }
        }
    }
}
