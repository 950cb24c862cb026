import JSON

/// The id that a client gave its request: a string or an integer of at most 64 bytes, given back as it came.
package enum RequestID: Sendable, Hashable, JSONWritable {
    case string(String)
    /// By its digits, so that those beyond 64 bits come back too.
    case integer(digits: String)

    /// Nil where the value is no id.
    package init?(_ value: JSONValue) {
        switch value {
        case .string(let text) where text.utf8.count <= AgentLimits.requestIDBytes: self = .string(text)
        case .number(let number) where Self.isInteger(number.text): self = .integer(digits: number.text)
        default: return nil
        }
    }

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let text): writer.value(text)
        case .integer(let digits): writer.rawValue(digits.utf8)
        }
    }

    private static func isInteger(_ text: String) -> Bool {
        text.utf8.count <= AgentLimits.requestIDBytes
            && text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
