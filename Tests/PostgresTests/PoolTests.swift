import Postgres
import TestSupport
import Testing

@Suite("the pool")
struct PoolTests {
    /// Holds a connection until told otherwise.
    private func holding(
        _ pool: PostgresPool, _ body: () async throws -> Void
    ) async throws {
        try await pool.withConnection { connection in
            try await connection.query("SELECT 1")
            try await body()
        }
    }

    @Test("refuses a caller when every connection stays busy for the limit")
    func exhausted() async throws {
        try await withPool({
            $0.maximumConnections = 1
            $0.waitLimit = .seconds(2)
        }) { pool in
            try await holding(pool) {
                let error = await postgresError { try await pool.query("SELECT 1") }
                #expect(error?.code == .poolExhausted)
                #expect(error?.message == "all 1 connections to the database stayed busy")
                #expect(error?.isUnavailable == true)
            }
            try await pool.query("SELECT 1")
        }
    }

    @Test("refuses at once when too many wait")
    func tooManyWaiters() async throws {
        try await withPool({
            $0.maximumConnections = 1
            $0.maximumWaiters = 2
        }) { pool in
            try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                try await holding(pool) {
                    for _ in 0..<5 { group.addTask { await postgresError { try await pool.query("SELECT 1") } } }
                    for _ in 0..<3 {
                        let error = try #require(try await group.next() ?? nil)
                        #expect(error.code == .poolExhausted)
                    }
                }
                while let error = try await group.next() { #expect(error == nil) }
            }
        }
    }

    @Test("opens no more connections than allowed, and serves everybody")
    func bounded() async throws {
        try await withPool({ $0.maximumConnections = 3 }) { pool in
            let backends = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await pool.query("SELECT pg_backend_pid() FROM pg_sleep(0.001)").values(Int.self)[0]
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(backends.count <= 3)
        }
    }

    @Test("a cancelled caller leaves at once while it waits in line")
    func cancelledWaiter() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            try await holding(pool) {
                let task = Task { await postgresError { try await pool.query("SELECT 1") } }
                task.cancel()
                let error = await task.value
                #expect(error?.code == .cancelled)
            }
            let after = try await pool.query("SELECT 1").values(Int.self)
            #expect(after == [1])
        }
    }

    @Test("cancelling a long statement ends it on the server too")
    func cancelledStatement() async throws {
        try await withPool({ $0.maximumConnections = 2 }) { pool in
            let task = Task {
                await postgresError { try await pool.query("SELECT pg_sleep(60)", deadline: .unlimited) }
            }
            let sleeping: PostgresQuery =
                "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
            try await waitUntil { try await !pool.query(sleeping).isEmpty }
            task.cancel()
            let error = await task.value
            #expect(error?.code == .cancelled)
            #expect(error?.mayHaveTakenEffect == true)
            try await waitUntil { try await pool.query(sleeping).isEmpty }
        }
    }

    @Test("callers that are cancelled at any moment never disturb others")
    func cancelledAnywhere() async throws {
        try await withPool({ $0.maximumConnections = 2 }) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        let task = Task {
                            try await pool.batch(["SELECT \(number)", "SELECT \(number + 1)"]).map {
                                try $0.values(Int.self)
                            }
                        }
                        if number % 3 == 0 {
                            if number % 2 == 0 { await Task.yield() }
                            task.cancel()
                        }
                        do {
                            let values = try await task.value
                            #expect(values == [[number], [number + 1]])
                        } catch let error as PostgresError {
                            #expect(error.code == .cancelled && number % 3 == 0)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a connection that comes back inside a transaction is not used again")
    func leftInTransaction() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            try await pool.query("CREATE TABLE t (id int8)")
            try await pool.withConnection { connection in
                try await connection.batch(["BEGIN", "INSERT INTO t VALUES (1)"])
            }
            let count = try await pool.query("SELECT count(*) FROM t").values(Int.self)
            #expect(count == [0])
        }
    }

    @Test("is closed by the end of run, and says so to whoever still asks")
    func run() async throws {
        try await SharedPostgres.withDatabase { database in
            let pool = PostgresPool(try database.configuration, log: .silent)
            let running = Task { await pool.run() }
            try await pool.query("SELECT 1")
            running.cancel()
            await running.value
            let error = await postgresError { try await pool.query("SELECT 1") }
            #expect(error?.code == .closed)
        }
    }
}
