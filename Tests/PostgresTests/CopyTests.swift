import Postgres
import TestSupport
import Testing

private struct Broken: Error {}

@Suite("COPY and scripts")
struct CopyTests {
    private static let table = "CREATE TABLE \"odd name\" (id int8 PRIMARY KEY, name text, doc jsonb)"

    @Test("COPY streams rows of the binary format, NULLs and all")
    func binary() async throws {
        try await withPool { pool in
            try await pool.query(PostgresQuery(unescaped: Self.table))
            let chunks = AsyncStream<[UInt8]> { continuation in
                var buffer = PostgresCopyBuffer()
                for number in 0..<20_000 {
                    let name = number % 10 == 0 ? nil : "строка\t\(number)\n\\"
                    buffer.append(Int64(number), name, PostgresJSON(Array("[\(number)]".utf8)))
                    if buffer.count > 10_000 { continuation.yield(buffer.take()) }
                }
                continuation.yield(buffer.finish())
                continuation.finish()
            }
            let count = try await pool.withConnection {
                try await $0.copyIn(into: "odd name", columns: ["id", "name", "doc"], chunks: chunks)
            }
            #expect(count == 20_000)
            let row = try #require(
                try await pool.query(
                    "SELECT count(*), count(name), max(name), max(doc->>0) FROM \"odd name\" WHERE id <= 13"
                ).first)
            let (all, named, name, doc) = try row.decode(Int.self, Int.self, String.self, String.self)
            #expect((all, named) == (14, 12))
            #expect(name == "строка\t9\n\\")
            #expect(doc == "9")
        }
    }

    @Test("nothing is stored when the source fails, a row is refused, or the caller is cancelled")
    func failures() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            try await pool.query(PostgresQuery(unescaped: Self.table))
            let backend = try await pool.query("SELECT pg_backend_pid()").values(Int.self)
            let failing = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield(Array("1,a\n".utf8))
                continuation.finish(throwing: Broken())
            }
            await #expect(throws: Broken.self) {
                try await pool.withConnection {
                    try await $0.copyIn(into: "odd name", columns: ["id", "name"], format: .csv, chunks: failing)
                }
            }
            let doubled = AsyncStream<[UInt8]> { continuation in
                for _ in 0..<2 { continuation.yield(Array("1,a\n".utf8)) }
                continuation.finish()
            }
            let refused = await postgresError {
                try await pool.withConnection {
                    try await $0.copyIn(into: "odd name", columns: ["id", "name"], format: .csv, chunks: doubled)
                }
            }
            #expect(refused?.isUniqueViolation == true)
            let missing = await postgresError {
                try await pool.withConnection {
                    try await $0.copyIn(into: "nowhere", columns: ["id"], format: .csv, chunks: doubled)
                }
            }
            #expect(missing?.sqlState == SQLState.undefinedTable)
            let (endless, continuation) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingOldest(1))
            continuation.yield(Array("1,a\n".utf8))
            let task = Task {
                await postgresError {
                    try await pool.withConnection {
                        try await $0.copyIn(into: "odd name", columns: ["id", "name"], format: .csv, chunks: endless)
                    }
                }
            }
            task.cancel()
            let cancelled = await task.value
            #expect(cancelled != nil)
            let count = try await pool.query("SELECT count(*) FROM \"odd name\"").values(Int.self)
            #expect(count == [0])
            let same = try await pool.query("SELECT pg_backend_pid()").values(Int.self)
            #expect(same == backend)
        }
    }

    @Test("COPY is a part of its transaction")
    func inTransaction() async throws {
        try await withPool { pool in
            try await pool.query(PostgresQuery(unescaped: Self.table))
            let one = AsyncStream<[UInt8]> { continuation in
                continuation.yield(Array("1\tx\n".utf8))
                continuation.finish()
            }
            await #expect(throws: Broken.self) {
                try await pool.transaction { tx in
                    let count = try await tx.copyIn(
                        into: "odd name", columns: ["id", "name"], format: .text, chunks: one)
                    #expect(count == 1)
                    throw Broken()
                }
            }
            let count = try await pool.query("SELECT count(*) FROM \"odd name\"").values(Int.self)
            #expect(count == [0])
        }
    }

    @Test("a script of several statements is one transaction and can be part of one")
    func scripts() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            let failed = await postgresError {
                try await pool.withConnection {
                    try await $0.script("CREATE TABLE a (); CREATE TABLE b (); SELECT 1/0;")
                }
            }
            #expect(failed?.sqlState == "22012")
            try await pool.transaction { tx in
                try await tx.script("CREATE TABLE a (id int8); INSERT INTO a VALUES (1); SELECT * FROM a;")
                try await tx.commit(after: ["INSERT INTO a VALUES (\(2))"])
            }
            let count = try await pool.query("SELECT count(*) FROM a").values(Int.self)
            #expect(count == [2])
        }
    }
}
