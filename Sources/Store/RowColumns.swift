import Postgres

/// Rows on their way into a statement, as one array a column: `FROM unnest(\(columns.arrays)) AS r (\(unescaped: columns.names))`.
///
/// A column in which no row has anything can be left out: each costs the server about a fifth of a microsecond a row, and
/// most rows have few of the many that there are. There are few combinations, so statements stay prepared.
struct RowColumns {
    private(set) var list: [String] = []
    private(set) var arrays: PostgresQuery = ""

    var names: String { list.joined(separator: ", ") }

    mutating func add<Value: PostgresEncodable>(_ name: String, _ values: [Value]) {
        arrays.append(list.isEmpty ? "\(values)" : ", \(values)")
        list.append(name)
    }

    /// Adds the column if any row has something in it.
    mutating func add<Value: PostgresEncodable>(ifAny name: String, _ values: [Value?]) {
        if values.contains(where: { $0 != nil }) { add(name, values) }
    }
}
