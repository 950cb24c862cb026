/// A JSON value as it was read (RFC 8259), with members in their order.
///
/// Numbers keep their text, so that ids beyond 2^53 survive, and strings keep whether they can be stored.
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

/// A number by its text, which is valid JSON.
package struct JSONNumber: Sendable, Equatable {
    package let text: String

    package init(_ value: Int64) { text = String(value) }

    init(validText text: String) { self.text = text }

    /// Nil where the number is not an integer, or not one of 64 bits. `1.0` and `1e3` count as integers.
    package var int64: Int64? {
        if let value = Int64(text) { return value }
        guard let value = Double(text), value.rounded() == value, abs(value) < 9_007_199_254_740_992 else { return nil }
        return Int64(value)
    }

    package var double: Double? { Double(text) }
}
