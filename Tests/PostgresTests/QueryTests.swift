import Postgres
import Testing

@Suite("a query")
struct QueryTests {
    @Test("binds what is interpolated and splices only what is declared trusted")
    func interpolation() {
        let table = "account"
        let query: PostgresQuery = "SELECT * FROM \(unescaped: table) WHERE a = \("x'); DROP TABLE t; --") AND b = \(5)"
        #expect(query.sql == "SELECT * FROM account WHERE a = $1 AND b = $2")
        #expect(query.arguments.count == 2)
    }

    @Test("takes fragments in and renumbers their arguments")
    func fragments() async throws {
        let filter: PostgresQuery = "x > \(1) AND y = \("$1")"
        let query: PostgresQuery = "SELECT \(0), \(filter) AND \(filter) LIMIT \(9)"
        #expect(query.sql == "SELECT $1, x > $2 AND y = $3 AND x > $4 AND y = $5 LIMIT $6")
        #expect(query.arguments.count == 6)
        try await withPool { pool in
            let inner: PostgresQuery = "\("é$1")::text || \("b")::text"
            let outer: PostgresQuery = "SELECT \(7), \(inner), \([UInt8]([1, 0, 2])), \(inner), \(8)"
            let row = try #require(try await pool.query(outer).first)
            let (a, b, c, d, e) = try row.decode(Int.self, String.self, [UInt8].self, String.self, Int.self)
            #expect((a, b, d, e) == (7, "é$1b", "é$1b", 8))
            #expect(c == [1, 0, 2])
        }
    }
}
