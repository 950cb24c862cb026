import Sandbox
import Testing

extension ProcessTests {
    @Suite("An account is changed")
    struct AccountChange {
        @Test("disabling, enabling and a new token take effect within five seconds")
        func takesEffect() async throws {
            // The default of an installation, since the lease's renewals bring the change.
            var options = World.Options.free()
            options.sessionTimeout = "10s"
            try await World.with(options) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 1)
                    try await world.installation.run(["account", "disable", "support"])
                    try await timed("disabled") { try await world.telegram.wait(for: .notPolling, seconds: 20) }
                    // What comes meanwhile waits, on either side.
                    try await traffic.run(rounds: 0..<1)
                    try await world.installation.run(["account", "enable", "support"])
                    try await timed("enabled") { try await world.telegram.wait(for: .polling, seconds: 20) }
                    try await traffic.settle()
                    try await traffic.expectClean()

                    let other = try world.telegram.createBot(username: "other_bot")
                    let file = try world.installation.write(other.token, to: "other.token")
                    try await world.installation.run(["account", "set", "support", "--token-file", file])
                    try await timed("new token") {
                        try await world.telegram.wait(for: .polling, bot: other.id, seconds: 20)
                    }
                    try world.expectSilentLogs(hiding: [other.token])
                }
            }
        }

        private func timed(_ what: String, _ body: () async throws -> Void) async throws {
            let took = try await ContinuousClock().measure { try await body() }
            print("account \(what): \(took)")
            #expect(took < .seconds(5), "\(what)")
        }
    }
}
