import CPostgres

/// The owner of a `PGresult`.
///
/// Sendable although it holds a C pointer: libpq hands a result over finished and never changes it again ("PGresult objects are
/// normally read-only after creation, and so can be passed around freely between threads", manual 34.20); we only read it,
/// and it is freed once, when the last reader is gone.
final class ResultHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }
    var rowCount: Int { Int(PQntuples(pointer)) }
    var columnCount: Int { Int(PQnfields(pointer)) }
    var commandTag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }
    var affected: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

    func name(ofColumn column: Int) -> String {
        PQfname(pointer, Int32(column)).map { String(cString: $0) } ?? "column \(column)"
    }

    func index(ofColumn name: String) -> Int? {
        (0..<columnCount).first { self.name(ofColumn: $0) == name }
    }

    func oid(ofColumn column: Int) -> UInt32 { PQftype(pointer, Int32(column)) }

    /// Valid as long as the handle lives.
    func value(row: Int, column: Int) -> PostgresValue {
        let (row, column) = (Int32(row), Int32(column))
        let oid = PQftype(pointer, column)
        if PQgetisnull(pointer, row, column) != 0 { return PostgresValue(bytes: nil, oid: oid) }
        let length = Int(PQgetlength(pointer, row, column))
        return PostgresValue(
            bytes: UnsafeRawBufferPointer(start: PQgetvalue(pointer, row, column), count: length), oid: oid)
    }

    func diagnostic(_ field: Character) -> String? {
        guard let code = field.asciiValue, let text = PQresultErrorField(pointer, Int32(code)) else { return nil }
        return String(cString: text)
    }

    /// The error that the server answered with.
    func error(sql: String?) -> PostgresError {
        let sqlState = diagnostic("C")
        let whole = PQresultErrorMessage(pointer).map { String(cString: $0) } ?? ""
        var error = PostgresError(
            sqlState.map { .server($0) } ?? .connection, diagnostic("M") ?? whole.singleLine, sqlState: sqlState,
            sql: sql)
        error.detail = diagnostic("D")
        error.constraint = diagnostic("n")
        return error
    }
}

extension String {
    /// libpq's messages end with a line break and may have several lines.
    var singleLine: String {
        split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " || $0 == "\t" } }.joined(separator: "; ")
    }
}
