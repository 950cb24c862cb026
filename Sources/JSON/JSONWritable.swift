/// What a `JSONWriter` writes as one value.
package protocol JSONWritable {
    /// Appends exactly one value. Types outside this target build on `writer.value(_:)` of those below.
    func write(to writer: inout JSONWriter)
}

extension JSONWriter {
    /// For `JSONWritable.write(to:)` alone: writes the value in place, the comma before it being there already.
    package mutating func value(_ value: some JSONWritable) { value.write(to: &self) }

    /// For `JSONWritable.write(to:)` alone: splices a value that is already encoded.
    package mutating func rawValue(_ json: some Collection<UInt8>) { append(encoded: json) }

    /// For `JSONWritable.write(to:)` alone: writes an object in place, the comma before it being there already.
    package mutating func objectValue(_ body: (inout JSONWriter) throws -> Void) rethrows {
        try braces(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }
}

extension String: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.append(quoted: self) }
}

extension Substring: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.append(quoted: String(self)) }
}

extension Bool: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        self ? writer.append(ascii: "true") : writer.append(ascii: "false")
    }
}

extension Int64: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.append(unescaped: String(self)) }
}

extension Int: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.append(unescaped: String(self)) }
}

extension Double: JSONWritable {
    /// Infinity and not-a-number, which JSON has not, are null.
    package func write(to writer: inout JSONWriter) {
        isFinite ? writer.append(unescaped: description) : writer.append(ascii: "null")
    }
}

extension JSONNumber: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.append(unescaped: text) }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        if let value = self { value.write(to: &writer) } else { writer.append(ascii: "null") }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.braces(UInt8(ascii: "["), UInt8(ascii: "]")) { for element in self { $0.element(element) } }
    }
}

extension JSONValue: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.append(ascii: "null")
        case .bool(let value): value.write(to: &writer)
        case .number(let number): number.write(to: &writer)
        case .string(let text): text.write(to: &writer)
        case .array(let elements): elements.write(to: &writer)
        case .object(let members): writer.objectValue { for member in members { $0.member(member.name, member.value) } }
        }
    }
}

extension JSONWritable {
    /// The value as compact JSON.
    package var jsonBytes: [UInt8] { JSONWriter.bytes(of: self) }
}
