/// `[UInt8]` is bytea on the way out. On the way in it is the content of a bytea, or the characters of a text or json value.
extension UInt8: PostgresEncodableElement, PostgresDecodableElement {
    package static var postgresArrayType: PostgresType { .bytea }
    package static func encode(array: [UInt8], into buffer: inout PostgresBuffer) { buffer.write(bytes: array) }
    package static func decode(array value: PostgresValue) throws -> [UInt8] { Array(try value.octets()) }
}

extension ArraySlice: PostgresEncodable, PostgresEncodableElement where Element == UInt8 {
    package static var postgresType: PostgresType { .bytea }
    package func encode(into buffer: inout PostgresBuffer) { buffer.write(bytes: self) }
}

extension ArraySlice: PostgresDecodable, PostgresDecodableElement where Element == UInt8 {
    package init(postgres value: PostgresValue) throws { self = Array(try value.octets())[...] }
}

extension PostgresValue {
    fileprivate func octets() throws(Mismatch) -> UnsafeRawBufferPointer {
        if oid == PostgresType.bytea.oid { return try required() }
        return try text()
    }
}
