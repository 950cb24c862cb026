import Postgres
import TestSupport
import Testing

@Suite("a batch")
struct BatchTests {
    @Test("gives every statement's result, in order")
    func results() async throws {
        try await withPool { pool in
            let results = try await pool.batch([
                "CREATE TABLE t (id int8 PRIMARY KEY, name text)",
                "INSERT INTO t SELECT n, 'name ' || n FROM generate_series(1, 3) n",
                "SELECT id, name FROM t ORDER BY id",
                "UPDATE t SET name = \("x") WHERE id > \(1)",
                "SELECT \(1) WHERE false",
            ])
            #expect(results.map(\.affected) == [0, 3, 3, 2, 0])
            #expect(results.map(\.count) == [0, 0, 3, 0, 0])
            #expect(try results[2].decode(Int.self, String.self).map(\.1) == ["name 1", "name 2", "name 3"])
            #expect(results[2].columns == ["id", "name"])
        }
    }

    @Test("stands or falls together, names the statement that failed and leaves the connection usable")
    func errorInside() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            _ = try await pool.query("CREATE TABLE t (id int8 CONSTRAINT only_once PRIMARY KEY)")
            let backend = try await pool.query("SELECT pg_backend_pid()").values(Int.self)
            let error = await postgresError {
                _ = try await pool.batch([
                    "INSERT INTO t VALUES (\(1))", "INSERT INTO t VALUES (\(1))", "INSERT INTO t VALUES (\(2))",
                ])
            }
            #expect(error?.code == .server("23505"))
            #expect(error?.isUniqueViolation == true)
            #expect(error?.constraint == "only_once")
            #expect(error?.detail == "Key (id)=(1) already exists.")
            #expect(error?.statementIndex == 1)
            #expect(error?.sql == "INSERT INTO t VALUES ($1)")
            #expect(error?.retryable == false)
            #expect(error?.mayHaveTakenEffect == false)
            #expect(error?.description.contains("Key (id)") == false)
            let after = try await pool.batch(["SELECT count(*) FROM t", "SELECT pg_backend_pid()"])
            #expect(try after[0].values(Int.self) == [0])
            #expect(try after[1].values(Int.self) == backend)
        }
    }

    @Test("reports a constraint that is only checked when the batch is committed")
    func errorAtTheSync() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            _ = try await pool.query("CREATE TABLE t (id int8 UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let error = await postgresError {
                _ = try await pool.batch(["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1)", "SELECT 1"])
            }
            #expect(error?.isUniqueViolation == true)
            let count = try await pool.query("SELECT count(*) FROM t").values(Int.self)
            #expect(count == [0])
        }
    }

    @Test("a statement's own warning is not taken for the commit's")
    func warningOfAStatement() async throws {
        try await withPool { pool in
            let warn: PostgresQuery = "DO $$ BEGIN RAISE WARNING 'of the statement'; END $$"
            let results = try await pool.batch([warn, "SELECT 1", warn])
            #expect(results.count == 3)
            try await pool.transaction { tx in try await tx.commit(after: ["SELECT 1", warn]) }
        }
    }

    @Test("a statement that cannot be prepared fails alone and can be tried again")
    func errorWhilePreparing() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            for _ in 0..<2 {
                let error = await postgresError { _ = try await pool.batch(["SELECT 1", "SELECT * FROM missing"]) }
                #expect(error?.sqlState == SQLState.undefinedTable)
                #expect(error?.statementIndex == 1)
            }
            let results = try await pool.batch(["CREATE TABLE missing ()", "SELECT * FROM missing"])
            #expect(results.count == 2)
        }
    }

    @Test("a prepared statement survives its table's change")
    func changedTable() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            _ = try await pool.query("CREATE TABLE t (a int8)")
            _ = try await pool.query("INSERT INTO t VALUES (7)")
            _ = try await pool.query("SELECT * FROM t")
            _ = try await pool.query("ALTER TABLE t ADD COLUMN b text DEFAULT 'b'")
            // The server refuses the old plan once; then the statement is prepared anew.
            let first = await postgresError { _ = try await pool.query("SELECT * FROM t") }
            #expect(first?.sqlState == SQLState.featureNotSupported)
            let row = try #require(try await pool.query("SELECT * FROM t").first)
            let (a, b) = try row.decode(Int.self, String.self)
            #expect((a, b) == (7, "b"))
        }
    }

    @Test("prepared statements are kept by text and types, within the limit")
    func statementCache() async throws {
        try await withPool({
            $0.maximumConnections = 1
            $0.statementCacheLimit = 20
        }) { pool in
            for number in 0..<100 {
                _ = try await pool.query("SELECT \(unescaped: String(number))")
                let same = try await pool.query("SELECT \(5)").values(Int.self)
                #expect(same == [5])
                let otherType = try await pool.query("SELECT \(true)").values(Bool.self)
                #expect(otherType == [true])
            }
            let prepared = try await pool.query("SELECT name, statement FROM pg_prepared_statements").decode(
                String.self, String.self)
            #expect(prepared.count <= 21)
            #expect(prepared.filter { $0.1 == "SELECT $1" }.count == 2)
        }
    }

    @Test("inserts hundreds of rows by unnest")
    func unnest() async throws {
        try await withPool { pool in
            _ = try await pool.query("CREATE TABLE t (id int8, name text, score float8, raw bytea, doc jsonb)")
            let ids = (0..<500).map { Int64($0) }
            let names = ids.map { $0 % 7 == 0 ? nil : "имя \($0) \"{}\"" }
            let scores = ids.map { Double($0) / 3 }
            let raws = ids.map { [UInt8](repeating: UInt8($0 % 256), count: 10) }
            let docs = ids.map { PostgresJSON(Array("{\"n\": \($0)}".utf8)) }
            let inserted = try await pool.query(
                """
                INSERT INTO t SELECT * FROM unnest(\(ids)::int8[], \(names)::text[], \(scores)::float8[], \(raws)::bytea[],
                \(docs)::jsonb[])
                """)
            #expect(inserted.affected == 500)
            let rows = try await pool.query("SELECT id, name, score, raw, doc FROM t ORDER BY id")
                .decode(Int64.self, String?.self, Double.self, [UInt8].self, PostgresJSON.self)
            #expect(rows.map(\.0) == ids)
            #expect(rows.map(\.1) == names)
            #expect(rows.map(\.2) == scores)
            #expect(rows.map(\.3) == raws)
            #expect(rows.map(\.4) == docs)
        }
    }

    @Test("carries 50 MB each way while both sides' buffers are full")
    func large() async throws {
        try await withPool { pool in
            // Each answer is larger than the sockets' buffers, and must be read while the next argument is still being sent.
            let part = [UInt8](repeating: 0xA5, count: 17 << 20)
            let queries: [PostgresQuery] = (0..<3).map { "SELECT \(part), \($0)" }
            let results = try await pool.batch(queries, deadline: .after(.seconds(60)))
            #expect(results.count == 3)
            for (index, result) in results.enumerated() {
                let answer = try result[0][0].decode([UInt8].self)
                #expect(answer == part)
                #expect(try result[0][1].decode(Int.self) == index)
            }
            let whole = [UInt8](repeating: 0x5A, count: 50 << 20)
            let result = try await pool.query("SELECT \(whole)", deadline: .after(.seconds(60)))
            #expect(try result[0][0].decode([UInt8].self) == whole)
        }
    }

    @Test("many callers on one connection each get their own answers")
    func callersOnOneConnection() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            if number % 10 == 3 {
                                let error = await postgresError { _ = try await connection.query("SELECT 1 / \(0)") }
                                return error?.sqlState == "22012"
                            }
                            let results = try await connection.batch([
                                "SELECT \(number)", "SELECT \(String(number))::text",
                            ])
                            return try results[0].values(Int.self) == [number]
                                && results[1].values(String.self) == [String(number)]
                        }
                    }
                    for try await isRight in group { #expect(isRight) }
                }
            }
        }
    }
}
