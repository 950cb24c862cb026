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

    /// Nil where the number is beyond what a double holds.
    package var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }
}

extension JSONValue {
    package static func number(_ value: Int64) -> JSONValue { .number(JSONNumber(value)) }
}
