/// The rows of one statement, decoded when they are read. Cheap to copy, readable from any thread.
package struct PostgresResult: Sendable, RandomAccessCollection {
    let handle: ResultHandle
    /// Rows that INSERT, UPDATE, DELETE, MERGE, SELECT or COPY touched; 0 for other statements.
    package let affected: Int
    package let endIndex: Int

    init(_ handle: ResultHandle) {
        self.handle = handle
        affected = handle.affected
        endIndex = handle.rowCount
    }

    package var startIndex: Int { 0 }
    package subscript(position: Int) -> PostgresRow { PostgresRow(handle: handle, index: position) }

    package var columns: [String] { (0..<handle.columnCount).map(handle.name(ofColumn:)) }

    /// Every row as a tuple.
    package func decode<each T: PostgresDecodable>(
        _ types: repeat (each T).Type
    ) throws(PostgresError) -> [(repeat each T)] {
        var rows: [(repeat each T)] = []
        rows.reserveCapacity(count)
        for row in self { rows.append(try row.decode(repeat each types)) }
        return rows
    }

    /// Every row's first column.
    package func values<T: PostgresDecodable>(_ type: T.Type = T.self) throws(PostgresError) -> [T] {
        var values: [T] = []
        values.reserveCapacity(count)
        for row in self { values.append(try row.value(at: 0, as: type)) }
        return values
    }
}

/// One row of a result.
package struct PostgresRow: Sendable {
    let handle: ResultHandle
    let index: Int

    /// The first columns, in order: `let (id, name) = try row.decode(Int64.self, String?.self)`.
    package func decode<each T: PostgresDecodable>(
        _ types: repeat (each T).Type
    ) throws(PostgresError) -> (repeat each T) {
        var column = 0
        func next<V: PostgresDecodable>(_ type: V.Type) throws(PostgresError) -> V {
            defer { column += 1 }
            return try value(at: column, as: type)
        }
        return (repeat try next(each types))
    }

    package subscript(column: Int) -> PostgresCell { PostgresCell(row: self, column: column) }

    /// Nil where the result has no such column.
    package subscript(name: String) -> PostgresCell? {
        handle.index(ofColumn: name).map { PostgresCell(row: self, column: $0) }
    }

    package func value<T: PostgresDecodable>(at column: Int, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard column >= 0, column < handle.columnCount else {
            throw PostgresError(
                .decoding, "column \(column) was asked for, but the result has \(handle.columnCount) columns")
        }
        let value = handle.value(row: index, column: column)
        do {
            // The handle is kept for the whole decoding: the value points into it.
            return try withExtendedLifetime(handle) { try T(postgres: value) }
        } catch {
            let reason = (error as? PostgresValue.Mismatch)?.reason ?? "\(error)"
            throw PostgresError(
                .decoding,
                "column \"\(handle.name(ofColumn: column))\" (\(PostgresType.name(ofOID: value.oid))) is not \(T.self): \(reason)"
            )
        }
    }
}

/// One value of a row.
package struct PostgresCell: Sendable {
    let row: PostgresRow
    let column: Int

    package var isNull: Bool {
        column < 0 || column >= row.handle.columnCount || row.handle.value(row: row.index, column: column).isNull
    }

    package func decode<T: PostgresDecodable>(_ type: T.Type = T.self) throws(PostgresError) -> T {
        try row.value(at: column, as: type)
    }
}
