/// A JSON value as it was read (RFC 8259), with members in their order.
///
/// Numbers keep their text, so that ids beyond 2^53 survive. What a string held that no database text can hold is told by
/// the flaws of the `JSONDocument` it was read with.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
}

package struct JSONMember: Sendable, Equatable {
    package var name: String
    package var value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// Reads one JSON text and forgets its flaws: unstorable text reads as U+FFFD.
    package init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .init()) throws(JSONError) {
        self = try JSONDocument(parsing: bytes, limits: limits).value
    }

    package init(parsing text: some StringProtocol, limits: JSONLimits = .init()) throws(JSONError) {
        self = try JSONDocument(parsing: text.utf8, limits: limits).value
    }

    /// The member of that name; nil where there is none, and of what is no object. Of several the last counts, as in PostgreSQL.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The element at that place; nil past the end, and of what is no array.
    package subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    package var isNull: Bool { self == .null }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var number: JSONNumber? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    package var int64: Int64? { number?.int64 }

    package var double: Double? { number?.double }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var object: [JSONMember]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// What kind of value it is, for a sentence: `a string`, `null`.
    package var kindPhrase: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
