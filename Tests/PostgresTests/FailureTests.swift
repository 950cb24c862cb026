import Postgres
import Sandbox
import TestSupport
import Testing

/// Each test has a server of its own, since it stops or kills it.
@Suite("when the server fails", .serialized)
struct FailureTests {
    private func withServer(
        _ change: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (ScratchPostgres, PostgresPool) async throws -> Void
    ) async throws {
        try await ScratchPostgres.withServer(.init(isOneOfMany: true)) { server in
            var configuration = try PostgresConfiguration(url: server.url())
            change(&configuration)
            let pool = PostgresPool(configuration, log: .silent)
            do {
                try await body(server, pool)
                await pool.shutdown()
            } catch {
                server.resume()
                await pool.shutdown()
                throw error
            }
        }
    }

    @Test("a call on a server that is frozen times out, and all is well when it thaws")
    func frozen() async throws {
        try await withServer { server, pool in
            try await pool.query("CREATE TABLE t (id int8)")
            let newcomer = PostgresPool(pool.configuration, log: .silent)
            await server.pause()
            let clock = ContinuousClock()
            let start = clock.now
            async let query = postgresError { try await pool.query("INSERT INTO t VALUES (1)") }
            async let transaction = postgresError {
                try await newcomer.transaction { tx in try await tx.commit(after: ["INSERT INTO t VALUES (2)"]) }
            }
            let (late, unconnected) = await (query, transaction)
            #expect(clock.now - start < .seconds(6))
            #expect(late?.code == .timedOut)
            #expect(late?.isUnavailable == true)
            #expect(late?.retryable == true)
            #expect(late?.mayHaveTakenEffect == true)
            #expect(unconnected?.isUnavailable == true)
            #expect(unconnected?.mayHaveTakenEffect == false)
            await newcomer.shutdown()
            server.resume()
            let after = try await pool.query("SELECT \(1)").values(Int.self)
            #expect(after == [1])
        }
    }

    @Test("a frozen server leaves a commit uncertain")
    func frozenCommit() async throws {
        try await withServer { server, pool in
            try await pool.query("CREATE TABLE t (id int8)")
            let error = await postgresError {
                try await pool.transaction { tx in
                    try await tx.query("INSERT INTO t VALUES (1)")
                    await server.pause()
                    try await tx.commit(after: ["INSERT INTO t VALUES (2)"], deadline: .after(.milliseconds(200)))
                }
            }
            server.resume()
            #expect(error?.code == .commitUncertain)
            #expect(error?.retryable == true)
            #expect(error?.mayHaveTakenEffect == true)
            let all = try await pool.query("SELECT count(*) FROM t").values(Int.self)
            #expect(all == [0] || all == [2])
        }
    }

    @Test("a killed server is found again when it is back, with no caller bothered by dead connections")
    func killed() async throws {
        try await withServer({ $0.maximumConnections = 4 }) { server, pool in
            try await pool.query("CREATE TABLE t (id int8)")
            // All four connections exist and lie idle when the server dies.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await pool.query("SELECT pg_sleep(0.1)") } }
                try await group.waitForAll()
            }
            async let working = postgresError { try await pool.query("SELECT pg_sleep(30)", deadline: .unlimited) }
            try await waitUntil {
                try await !pool.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'").isEmpty
            }
            await server.kill()
            let lost = await working
            #expect(lost?.code == .connection)
            #expect(lost?.mayHaveTakenEffect == true)
            try await server.start()
            try await pool.query("INSERT INTO t VALUES (1)")
            try await pool.transaction { tx in try await tx.query("INSERT INTO t VALUES (2)") }
            let all = try await pool.query("SELECT count(*) FROM t").values(Int.self)
            #expect(all == [2])
        }
    }

    @Test("a caller waits through a restart")
    func restart() async throws {
        try await withServer { server, pool in
            try await pool.query("SELECT 1")
            await server.stop()
            async let answer = pool.query("SELECT 2").values(Int.self)
            try await server.start()
            let value = try await answer
            #expect(value == [2])
        }
    }

    @Test("a caller who cannot be served is told the real reason within the limit")
    func down() async throws {
        try await withServer({ $0.waitLimit = .milliseconds(600) }) { server, pool in
            await server.stop()
            let clock = ContinuousClock()
            let start = clock.now
            let error = await postgresError { try await pool.query("SELECT 1") }
            #expect(clock.now - start < .seconds(4))
            #expect(error?.code == .connection)
            #expect(error?.isUnavailable == true)
            #expect(error?.message.contains("Connection refused") == true)
            #expect(error?.message.contains("127.0.0.1:\(server.port)") == true)
            #expect(error?.mayHaveTakenEffect == false)
        }
    }

    @Test("a session that an administrator ends is told so")
    func terminated() async throws {
        try await withServer({ $0.maximumConnections = 2 }) { _, pool in
            async let ended = postgresError { try await pool.query("SELECT pg_sleep(30)", deadline: .unlimited) }
            try await waitUntil {
                try await !pool.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                ).isEmpty
            }
            let error = await ended
            #expect(error?.sqlState == "57P01")
            #expect(error?.retryable == true)
            #expect(error?.mayHaveTakenEffect == false)
            let after = try await pool.query("SELECT 1").values(Int.self)
            #expect(after == [1])
        }
    }

    @Test("a server that became read-only is left, and found again by the writable host")
    func readOnly() async throws {
        try await withServer({ $0.maximumConnections = 2 }) { server, pool in
            let first = try await pool.query("SELECT pg_backend_pid()").values(Int.self)
            try await pool.query("CREATE TABLE t (id int8)")
            try await pool.query("ALTER SYSTEM SET default_transaction_read_only = on")
            try await pool.query("SELECT pg_reload_conf()")
            var error: PostgresError?
            try await waitUntil {
                error = await postgresError { try await pool.query("INSERT INTO t VALUES (1)") }
                return error != nil
            }
            #expect(error?.sqlState == SQLState.readOnlyTransaction)
            #expect(error?.isUnavailable == true)
            // Another connection, although the first one works.
            let second = try await pool.query("SELECT pg_backend_pid()").values(Int.self)
            #expect(first != second)
            // With several hosts only a writable one is taken.
            let closed = try FreePorts.take()
            var two = try PostgresConfiguration(
                url: server.url().replacing("@127.0.0.1:", with: "@127.0.0.1:\(closed),127.0.0.1:"))
            two.waitLimit = .milliseconds(500)
            let picky = PostgresPool(two, log: .silent)
            let refused = await postgresError { try await picky.query("SELECT 1") }
            #expect(refused?.message.contains("session is read-only") == true)
            await picky.shutdown()
        }
    }
}
