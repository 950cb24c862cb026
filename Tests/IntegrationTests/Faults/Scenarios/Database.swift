import Domain
import JSON
import Postgres
import Sandbox
import TestSupport
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
            await postgres.pause()
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
        FaultScenario(
            name: "crash of PostgreSQL, promotion of its synchronous standby", times: 1, limit: .seconds(10),
            options: {
                var options = World.Options.withPostgres()
                options.needsStandby = true
                return options
            }
        ) { stage in
            await (try #require(stage.postgres)).kill()
            try await (try #require(stage.standby)).promote()
        },
        FaultScenario(
            name: "disk full at PostgreSQL", times: 2, limit: .seconds(5),
            options: {
                var options = World.Options.withPostgres()
                options.postgresOptions.volume = 160 << 20
                return options
            }
        ) { stage in
            let postgres = try #require(stage.postgres)
            try await postgres.fillVolume()
            // Texts need new pages before long, and are refused until there is room.
            let filling = Task { try await stage.sendLong(count: 40) }
            try await eventually("agents are refused", within: .seconds(20)) {
                await stage.desk.refusals[.unavailable, default: 0] > 5 ? true : nil
            }
            try await Task.sleep(for: .seconds(3))
            #expect(try await postgres.refusesWrites())
            #expect(postgres.log.contains("No space left on device"))
            try await postgres.emptyVolume()
            stage.countFromNow()
            try await filling.value
            stage.notes.add("agents are told `unavailable`; counted from when there is room again")
        },
        FaultScenario(
            name: "a host vanishes inside a transaction that holds the log's lock", isShort: true, times: 3,
            limit: .seconds(5), options: { .withPostgres() }
        ) { stage in
            try await stage.vanishHoldingTheLog()
        } mend: { stage in
            await stage.vanished.take()?()
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
    func expectUnavailable(within limit: Duration, answeredWithin patience: Duration? = nil) async throws {
        let patience = patience ?? limit
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
                #expect(ContinuousClock.now - asked <= patience, "the answer took \(ContinuousClock.now - asked)")
                return
            }
            guard ContinuousClock.now < deadline else { throw SandboxError("no request was refused within \(limit)") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension FaultStage {
    /// Texts that do not compress, in the chat that nobody else uses.
    func sendLong(count: Int) async throws {
        for _ in 0..<count {
            let noise = (0..<300).map { _ in String(UInt32.random(in: 1 << 31 ... .max), radix: 36) }
            try await desk.send("\(Traffic.mark) \(noise.joined(separator: " "))", to: traffic.chats[0].interaction)
        }
    }

    /// Takes the log's lock as a ChatServer does, at the other end of a cable that is then cut.
    func vanishHoldingTheLog() async throws {
        let postgres = try #require(postgres)
        let relay = try await TCPRelay.start(to: postgres.port)
        let url = postgres.url(database: "eralink").replacing(
            "127.0.0.1:\(postgres.port)", with: "127.0.0.1:\(relay.port)")
        let connection = try await PostgresConnection.connect(try PostgresConfiguration(url: url), log: .silent)
        _ = try await connection.query("BEGIN", deadline: .after(.seconds(5)))
        _ = try await connection.query("SELECT pg_advisory_xact_lock(7302)", deadline: .after(.seconds(5)))
        relay.cut()
        vanished.put {
            await connection.close()
            await relay.stop()
        }
    }
}
