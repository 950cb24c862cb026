/// What a column can be read as; optionals and arrays of it follow.
package protocol PostgresDecodable: PostgresDecodableElement {
    /// Throws `PostgresValue.Mismatch`, or an error of its own; the row adds column and type.
    init(postgres value: PostgresValue) throws
}

/// What an array may hold so that the array can be read.
package protocol PostgresDecodableElement {
    static func decode(array value: PostgresValue) throws -> [Self]
}

extension PostgresDecodable {
    package static func decode(array value: PostgresValue) throws -> [Self] {
        let bytes = try value.required()
        let malformed = PostgresValue.Mismatch("it is not an array")
        guard bytes.count >= 12 else { throw malformed }
        let dimensions = bytes.bigEndian(Int32.self)
        let elementOID = bytes.bigEndian(UInt32.self, at: 8)
        if dimensions == 0 { return [] }
        guard dimensions == 1, bytes.count >= 20 else { throw malformed }
        let count = Int(bytes.bigEndian(Int32.self, at: 12))
        guard count >= 0, count <= (bytes.count - 20) / 4 else { throw malformed }
        var array: [Self] = []
        array.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            guard offset + 4 <= bytes.count else { throw malformed }
            let length = Int(bytes.bigEndian(Int32.self, at: offset))
            offset += 4
            if length < 0 {
                array.append(try Self(postgres: PostgresValue(bytes: nil, oid: elementOID)))
                continue
            }
            guard offset + length <= bytes.count else { throw malformed }
            let element = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
            array.append(try Self(postgres: PostgresValue(bytes: element, oid: elementOID)))
            offset += length
        }
        return array
    }
}

extension Optional: PostgresDecodable, PostgresDecodableElement where Wrapped: PostgresDecodable {
    package init(postgres value: PostgresValue) throws {
        self = value.isNull ? nil : try Wrapped(postgres: value)
    }
}

extension Array: PostgresDecodable, PostgresDecodableElement where Element: PostgresDecodableElement {
    package init(postgres value: PostgresValue) throws { self = try Element.decode(array: value) }
}

/// Enums with raw values, and other wrappers of one readable value, conform by saying so.
extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    package init(postgres value: PostgresValue) throws {
        let raw = try RawValue(postgres: value)
        guard let decoded = Self(rawValue: raw) else { throw PostgresValue.Mismatch("it is none of the known values") }
        self = decoded
    }
}

package typealias PostgresCodable = PostgresDecodable & PostgresEncodable
