import Postgres
import TestSupport
import Testing

private enum Mood: String, PostgresCodable, CaseIterable { case happy, sad }

private struct Moment: PostgresCodable, Equatable {
    var microseconds: Int64
    static var postgresType: PostgresType { .timestamptz }
    func encode(into buffer: inout PostgresBuffer) { buffer.write(timestamptz: microseconds) }
    init(postgres value: PostgresValue) throws { microseconds = try value.timestamptz() }
    init(_ microseconds: Int64) { self.microseconds = microseconds }
}

@Suite("values between Swift and PostgreSQL")
struct CodecTests {
    private func expectRoundTrip<T: PostgresCodable & Equatable>(_ pool: PostgresPool, _ values: [T], as type: String)
        async throws
    {
        for value in values {
            let query: PostgresQuery = "SELECT \(value)::\(unescaped: type), \([value])::\(unescaped: type)[]"
            let result = try await pool.query(query)
            let (one, array) = try #require(result.first).decode(T.self, [T].self)
            #expect(one == value)
            #expect(array == [value])
        }
        let optionals: [T?] = values.map(Optional.some) + [nil]
        let all = try await pool.query(
            "SELECT unnest(\(optionals)::\(unescaped: type)[]), cardinality(\([T]())::\(unescaped: type)[])")
        #expect(try all.values(T?.self) == optionals)
        #expect(try all[0][1].decode(Int.self) == 0)
        let null = try await pool.query("SELECT \(T?.none)::\(unescaped: type)")
        #expect(try null.values(T?.self) == [nil])
    }

    static let texts = [
        "", " ", "a", "quote ' double \" back \\ slash", "{a,b}", "NULL", "строка", "👩‍👩‍👧‍👦 emoji 🇷🇺", "tab\tline\nreturn\r",
        "e\u{301}",
        String(repeating: "ж", count: 10_000),
    ]

    @Test("every type comes back as it went, alone, in an array, among NULLs")
    func roundTrips() async throws {
        try await withPool { pool in
            try await expectRoundTrip(pool, [0, 1, -1, .max, .min] as [Int64], as: "int8")
            try await expectRoundTrip(pool, [0, 42, .max, .min] as [Int], as: "int8")
            try await expectRoundTrip(pool, [0, -7, .max, .min] as [Int32], as: "int4")
            try await expectRoundTrip(
                pool, [0, 1.5, -0.1, .infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude], as: "float8")
            try await expectRoundTrip(pool, [true, false], as: "bool")
            try await expectRoundTrip(pool, Self.texts, as: "text")
            try await expectRoundTrip(
                pool, [[], [0], [0, 255, 1], Array(repeating: 7, count: 100_000)] as [[UInt8]], as: "bytea")
            try await expectRoundTrip(
                pool, [Moment(0), Moment(1), Moment(-1), Moment(1_800_000_000_123_456)], as: "timestamptz")
            try await expectRoundTrip(pool, [Moment(.max), Moment(.min)], as: "timestamptz")
            try await expectRoundTrip(pool, [PostgresJSON(Array(#"{"a": [1, null, "я"]}"#.utf8))], as: "jsonb")
            try await expectRoundTrip(pool, [PostgresJSON(Array(#"{"a": 1}"#.utf8))], as: "json")
            _ = try await pool.query("CREATE TYPE mood AS ENUM ('happy', 'sad')")
            try await expectRoundTrip(pool, Mood.allCases, as: "mood")
            try await expectRoundTrip(pool, Mood.allCases, as: "text")
        }
    }

    @Test("a moment is the moment that the server prints")
    func timestamps() async throws {
        try await withPool { pool in
            let result = try await pool.query(
                "SELECT \(Moment(1_769_853_600_000_001))::text, timestamptz '1970-01-01T00:00:00Z', \(Moment(.max)) = 'infinity'"
            )
            let (text, epoch, isInfinite) = try #require(result.first).decode(String.self, Moment.self, Bool.self)
            #expect(text == "2026-01-31 10:00:00.000001+00")
            #expect(epoch == Moment(0))
            #expect(isInfinite)
        }
    }

    @Test("a text is taken as what its place asks for")
    func inferredTexts() async throws {
        try await withPool { pool in
            _ = try await pool.query("CREATE TABLE t (j jsonb, d date, n numeric, i int4, v varchar(10))")
            _ = try await pool.query(
                "INSERT INTO t VALUES (\(#"{"b":1}"#), \("2026-02-03"), \("1.50"), \("17"), \("ok"))")
            let row = try #require(try await pool.query("SELECT j, d::text, n::text, i, v, j FROM t").first)
            let (json, date, number, integer, text, bytes) = try row.decode(
                String.self, String.self, String.self, Int.self, String.self, [UInt8].self)
            #expect(json == #"{"b": 1}"#)
            #expect(date == "2026-02-03")
            #expect(number == "1.50")
            #expect(integer == 17)
            #expect(text == "ok")
            #expect(bytes == Array(#"{"b": 1}"#.utf8))
        }
    }

    @Test("a decoding error names column, type and what was asked for")
    func decodingErrors() async throws {
        try await withPool { pool in
            let row = try #require(
                try await pool.query("SELECT 1::int8 AS id, NULL::text AS name, 5000000000 AS big").first)
            let wrongType = await postgresError { _ = try row.decode(String.self) }
            #expect(wrongType?.code == .decoding)
            #expect(wrongType?.message == #"column "id" (int8) is not String: it is not a text"#)
            let null = await postgresError { _ = try row.decode(Int.self, String.self) }
            #expect(null?.message == #"column "name" (text) is not String: it is NULL"#)
            let range = await postgresError { _ = try row[2].decode(Int32.self) }
            #expect(range?.message == #"column "big" (int8) is not Int32: it is outside the range of Int32"#)
            let beyond = await postgresError { _ = try row.decode(Int.self, String?.self, Int.self, Int.self) }
            #expect(beyond?.message == "column 3 was asked for, but the result has 3 columns")
            #expect(try row["big"]?.decode(Int.self) == 5_000_000_000)
            #expect(row["nothing"] == nil)
            #expect(row[1].isNull)
        }
    }

    @Test("U+0000 is refused before it is sent, in arrays by the server")
    func zeroBytes() async throws {
        try await withPool { pool in
            let scalar = await postgresError { _ = try await pool.query("SELECT \("a\u{0}b")::text") }
            #expect(scalar?.code == .invalidArgument)
            let array = await postgresError { _ = try await pool.query("SELECT \(["a\u{0}b"])::text[]") }
            #expect(array?.sqlState == "22021")
            let after = try await pool.query("SELECT 1").values(Int.self)
            #expect(after == [1])
        }
    }

    @Test("an array of JSON feeds a jsonb column through unnest")
    func jsonArrays() async throws {
        try await withPool { pool in
            let documents: [PostgresJSON?] = [
                PostgresJSON(Array(#"{"a":1}"#.utf8)), nil, PostgresJSON(Array("[]".utf8)),
            ]
            let rows = try await pool.query("SELECT d->>'a', d FROM unnest(\(documents)) AS u(d)")
                .decode(String?.self, String?.self)
            #expect(rows.map(\.0) == ["1", nil, nil])
            #expect(rows.map(\.1) == [#"{"a": 1}"#, nil, "[]"])
        }
    }
}
