import Postgres
import Sandbox
import TestSupport
import Testing

private struct Whim: Error {}

@Suite("a transaction")
struct TransactionTests {
    private func withTable(_ body: (PostgresPool) async throws -> Void) async throws {
        try await withPool({ $0.maximumConnections = 3 }) { pool in
            _ = try await pool.query("CREATE TABLE t (id int8 PRIMARY KEY)")
            try await body(pool)
        }
    }

    private func ids(_ pool: PostgresPool) async throws -> [Int] {
        try await pool.query("SELECT id FROM t ORDER BY id").values(Int.self)
    }

    @Test("commits with its last statements and gives their results")
    func commit() async throws {
        try await withTable { pool in
            let results = try await pool.transaction { tx in
                let first = try await tx.batch(["INSERT INTO t VALUES (1)", "SELECT pg_current_xact_id()::text"])
                #expect(first.count == 2)
                let unseen = try await ids(pool)
                #expect(unseen == [])
                return try await tx.commit(after: ["INSERT INTO t VALUES (2) RETURNING id", "SELECT count(*) FROM t"])
            }
            #expect(try results.map { try $0.values(Int.self) } == [[2], [2]])
            let stored = try await ids(pool)
            #expect(stored == [1, 2])
        }
    }

    @Test("is committed when its closure returns, with or without statements")
    func commitOnReturn() async throws {
        try await withTable { pool in
            try await pool.transaction { tx in _ = try await tx.query("INSERT INTO t VALUES (1)") }
            try await pool.transaction { _ in }
            try await pool.transaction { tx in try await tx.commit() }
            try await pool.transaction { tx in try await tx.commit(after: ["INSERT INTO t VALUES (2)"]) }
            let stored = try await ids(pool)
            #expect(stored == [1, 2])
        }
    }

    @Test("is rolled back when its closure throws, and by hand")
    func rollback() async throws {
        try await withTable { pool in
            await #expect(throws: Whim.self) {
                try await pool.transaction { tx in
                    _ = try await tx.query("INSERT INTO t VALUES (1)")
                    throw Whim()
                }
            }
            try await pool.transaction { tx in
                _ = try await tx.query("INSERT INTO t VALUES (2)")
                try await tx.rollback()
                let late = await postgresError { _ = try await tx.query("SELECT 1") }
                #expect(late?.code == .invalidArgument)
            }
            let stored = try await ids(pool)
            #expect(stored == [])
        }
    }

    @Test("fails as a whole when its last statements fail, and the connection is used again")
    func failingCommit() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            _ = try await pool.query("CREATE TABLE t (id int8 PRIMARY KEY)")
            let backend = try await pool.query("SELECT pg_backend_pid()").values(Int.self)
            let error = await postgresError {
                try await pool.transaction { tx in
                    _ = try await tx.query("INSERT INTO t VALUES (1)")
                    try await tx.commit(after: ["INSERT INTO t VALUES (1)"])
                }
            }
            #expect(error?.isUniqueViolation == true)
            #expect(error?.statementIndex == 0)
            let stored = try await ids(pool)
            #expect(stored == [])
            let same = try await pool.query("SELECT pg_backend_pid()").values(Int.self)
            #expect(same == backend)
        }
    }

    @Test("a COMMIT that the server turns into ROLLBACK throws")
    func swallowedError() async throws {
        try await withTable { pool in
            let error = await postgresError {
                try await pool.transaction { tx in
                    _ = try await tx.query("INSERT INTO t VALUES (1)")
                    _ = await postgresError { _ = try await tx.query("SELECT 1 / 0") }
                    // Leaves without a word: the commit is ours.
                }
            }
            #expect(error?.code == .rolledBack)
            let stored = try await ids(pool)
            #expect(stored == [])
        }
    }

    @Test("that idles too long is ended by the server, and the pool goes on")
    func idleTooLong() async throws {
        try await withPool({
            $0.settings["idle_in_transaction_session_timeout"] = "100"
            $0.maximumConnections = 2
        }) { pool in
            let error = await postgresError {
                try await pool.transaction { tx in
                    let pid = try await tx.query("SELECT pg_backend_pid()").values(Int.self)[0]
                    try await waitUntil {
                        try await pool.query("SELECT 1 FROM pg_stat_activity WHERE pid = \(Int32(pid))").isEmpty
                    }
                    _ = try await tx.query("SELECT 1")
                }
            }
            #expect(error?.sqlState == SQLState.idleInTransactionTimeout)
            #expect(error?.retryable == true)
            let after = try await pool.query("SELECT 1").values(Int.self)
            #expect(after == [1])
        }
    }

    @Test("a snapshot sees nothing that was committed after its first statement, and cannot write")
    func readOnlyMode() async throws {
        try await withTable { pool in
            try await pool.transaction(mode: .readOnly) { tx in
                _ = try await tx.query("SELECT count(*) FROM t")
                _ = try await pool.query("INSERT INTO t VALUES (1)")
                let count = try await tx.query("SELECT count(*) FROM t").values(Int.self)
                #expect(count == [0])
            }
            let error = await postgresError {
                try await pool.transaction(mode: .readOnly) { tx in _ = try await tx.query("DELETE FROM t") }
            }
            #expect(error?.sqlState == SQLState.readOnlyTransaction)
        }
    }

    @Test("a lock wait ends with a retryable error")
    func lockTimeout() async throws {
        try await withPool({ $0.settings["lock_timeout"] = "50" }) { pool in
            _ = try await pool.query("CREATE TABLE t (id int8)")
            try await pool.transaction { tx in
                _ = try await tx.query("LOCK TABLE t")
                let error = await postgresError { _ = try await pool.query("SELECT * FROM t") }
                #expect(error?.sqlState == SQLState.lockNotAvailable)
                #expect(error?.retryable == true)
            }
        }
    }

    @Test("a commit that the standby never confirmed is uncertain", arguments: [true, false])
    func commitWarning(explicit: Bool) async throws {
        let options = ScratchPostgres.Options(
            settings: [
                "synchronous_standby_names = 'nobody'", "synchronous_commit = local",
            ], isOneOfMany: true)
        try await ScratchPostgres.withServer(options) { server in
            var configuration = try PostgresConfiguration(url: server.url())
            let watcher = PostgresPool(configuration, log: .silent)
            _ = try await watcher.query("CREATE TABLE t (id int8)")
            configuration.settings["synchronous_commit"] = "on"
            let pool = PostgresPool(configuration, log: .silent)
            async let failed = postgresError {
                if explicit {
                    try await pool.transaction { tx in
                        _ = try await tx.query("INSERT INTO t VALUES (1)")
                        try await tx.commit(after: ["INSERT INTO t VALUES (2)"])
                    }
                } else {
                    _ = try await pool.batch(["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"])
                }
            }
            try await waitUntil {
                try await !watcher.query(
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                ).isEmpty
            }
            let error = await failed
            #expect(error?.code == .commitUncertain)
            #expect(error?.mayHaveTakenEffect == true)
            #expect(error?.message.contains("canceling wait for synchronous replication") == true)
            let stored = try await watcher.query("SELECT count(*) FROM t").values(Int.self)
            #expect(stored == [2])
            await pool.shutdown()
            await watcher.shutdown()
        }
    }
}
