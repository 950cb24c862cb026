import Domain
import JSON
import Postgres

/// Reads a wide row column by column, in the order of its SELECT list.
struct Columns {
    let row: PostgresRow
    private var index = 0

    init(_ row: PostgresRow) { self.row = row }

    mutating func next<Value: PostgresDecodable>(_ type: Value.Type = Value.self) throws(PostgresError) -> Value {
        defer { index += 1 }
        return try row.value(at: index, as: Value.self)
    }

    mutating func next<Value: PostgresDecodable>(_ type: Value?.Type = Value?.self) throws(PostgresError) -> Value? {
        defer { index += 1 }
        return try row.value(at: index, as: Value?.self)
    }
}
