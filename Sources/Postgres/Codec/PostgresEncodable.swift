/// What can be bound to a statement's `$n`.
///
/// A type that wraps a bindable one conforms by naming the server's type and writing itself in its binary form; optionals
/// and arrays of it, also with optional elements, follow:
///
/// ```swift
/// extension Timestamp: PostgresEncodable {
///     static var postgresType: PostgresType { .timestamptz }
///     func encode(into buffer: inout PostgresBuffer) { buffer.write(timestamptz: microseconds) }
/// }
/// ```
package protocol PostgresEncodable: PostgresEncodableElement, Sendable {
    static var postgresType: PostgresType { get }
    var isPostgresNull: Bool { get }
    /// Writes the value in binary form, without its length. A type that is inferred by the server writes its text and, where
    /// its binary form differs from that, implements `encodeElement(into:)` too.
    func encode(into buffer: inout PostgresBuffer)
    /// Writes the value as an element of an array.
    func encodeElement(into buffer: inout PostgresBuffer)
}

/// What an array may hold so that the array can be bound.
package protocol PostgresEncodableElement: Sendable {
    static var postgresArrayType: PostgresType { get }
    static func encode(array: [Self], into buffer: inout PostgresBuffer)
}

extension PostgresEncodable {
    package var isPostgresNull: Bool { false }
    package func encodeElement(into buffer: inout PostgresBuffer) { encode(into: &buffer) }

    package static var postgresArrayType: PostgresType { postgresType.array }

    /// The binary form of a one-dimensional array: dimensions, "has NULLs", element type, length, lower bound, elements.
    package static func encode(array: [Self], into buffer: inout PostgresBuffer) {
        buffer.reserve(20 + array.count * 12)
        buffer.write(Int32(array.isEmpty ? 0 : 1))
        buffer.write(Int32(1))
        buffer.write(postgresType.oid)
        if array.isEmpty { return }
        buffer.write(Int32(truncatingIfNeeded: array.count))
        buffer.write(Int32(1))
        for element in array {
            if element.isPostgresNull {
                buffer.write(Int32(-1))
            } else {
                buffer.writeLengthPrefixed { element.encodeElement(into: &$0) }
            }
        }
    }
}

extension Optional: PostgresEncodable, PostgresEncodableElement where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    package var isPostgresNull: Bool { self?.isPostgresNull ?? true }
    package func encode(into buffer: inout PostgresBuffer) { self?.encode(into: &buffer) }
    package func encodeElement(into buffer: inout PostgresBuffer) { self?.encodeElement(into: &buffer) }
}

extension Array: PostgresEncodable, PostgresEncodableElement where Element: PostgresEncodableElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }
    package func encode(into buffer: inout PostgresBuffer) { Element.encode(array: self, into: &buffer) }
}

/// Enums with raw values, and other wrappers of one bindable value, conform by saying so.
extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    package static var postgresType: PostgresType { RawValue.postgresType }
    package func encode(into buffer: inout PostgresBuffer) { rawValue.encode(into: &buffer) }
    package func encodeElement(into buffer: inout PostgresBuffer) { rawValue.encodeElement(into: &buffer) }
}
