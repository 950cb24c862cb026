import Domain
import JSON
import Postgres
import Sandbox
import Testing

extension FaultScenario {
    static let database = [
        FaultScenario(
            name: "crash and restart of PostgreSQL", isShort: true, times: 3, limit: .seconds(8),
            options: { .withPostgres() }
        ) { stage in
            let postgres = try #require(stage.postgres)
            await postgres.kill()
            try await Task.sleep(for: .seconds(1))
            try await postgres.start()
            stage.notes.add("with a second in which it is away")
        },
        FaultScenario(
            name: "SIGSTOP of PostgreSQL for 20 s", times: 1, limit: .seconds(28), options: { .withPostgres() }
        ) { stage in
            let postgres = try #require(stage.postgres)
            postgres.pause()
            let began = ContinuousClock.now
            try await stage.expectUnavailable(within: .seconds(5))
            try await Task.sleep(until: began + .seconds(20), clock: .continuous)
            postgres.resume()
            stage.notes.add("agents are told `unavailable` within 5 s")
        },
        FaultScenario(
            name: "PostgreSQL is switched read-only, and back", times: 2, limit: .seconds(10),
            options: { .withPostgres() }
        ) { stage in
            let postgres = try #require(stage.postgres)
            try await postgres.setReadOnly(true)
            try await stage.expectUnavailable(within: .seconds(5))
            try await Task.sleep(for: .seconds(2))
            try await postgres.setReadOnly(false)
            stage.notes.add("agents are told `unavailable` within 5 s")
        },
    ]
}

extension World.Options {
    static func withPostgres() -> World.Options {
        var options = World.Options.free(chats: 2)
        options.needsOwnPostgres = true
        return options
    }
}

extension FaultStage {
    /// A request of an agent is answered with `unavailable` and when to come again, and in time.
    func expectUnavailable(within limit: Duration) async throws {
        let began = ContinuousClock.now
        let deadline = began + limit
        while true {
            let asked = ContinuousClock.now
            do {
                _ = try await desk.ask("interactions.list", ["limit": .number(JSONNumber(1))])
                _ = try await desk.ask(
                    "interaction.start",
                    [
                        "account": .string("support"), "to": .object([JSONMember("external_id", .string("1"))]),
                        "take": .bool(false),
                    ])
            } catch let error as EralinkError {
                #expect(error.code == .unavailable)
                #expect(error.retryAfterMilliseconds != nil)
                #expect(ContinuousClock.now - asked <= limit, "the answer took \(ContinuousClock.now - asked)")
                return
            }
            guard ContinuousClock.now < deadline else { throw SandboxError("no request was refused within \(limit)") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
