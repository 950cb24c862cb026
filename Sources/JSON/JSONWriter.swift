/// Writes compact JSON as UTF-8 bytes, in one pass and without a tree.
///
///     var writer = JSONWriter()
///     writer.object {
///         $0.member("id", id)
///         $0.rawMember("text", storedBytes)
///         $0.array("parts") { for part in parts { $0.element(part) } }
///     }
///
/// The one rule that callers keep: members in objects, elements in arrays, one value at the top.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8]
    private var needsComma = false

    package init(reserving capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Writes one value and gives its bytes.
    package static func bytes(of value: some JSONWritable) -> [UInt8] {
        var writer = JSONWriter()
        writer.element(value)
        return writer.bytes
    }

    /// Writes one object and gives its bytes.
    package static func object(_ body: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
        var writer = JSONWriter(reserving: 256)
        try writer.object(body)
        return writer.bytes
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    // MARK: values at the top and elements of arrays

    package mutating func element(_ value: some JSONWritable) {
        comma()
        value.write(to: &self)
    }

    package mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        comma()
        try braces(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    package mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        comma()
        try braces(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    /// Splices a JSON value that is already encoded.
    package mutating func raw(_ json: some Collection<UInt8>) {
        comma()
        bytes.append(contentsOf: json)
    }

    // MARK: members of objects

    package mutating func member(_ name: String, _ value: some JSONWritable) {
        self.name(name)
        value.write(to: &self)
    }

    /// Leaves the member out where there is no value.
    package mutating func optional(_ name: String, _ value: (some JSONWritable)?) {
        if let value { member(name, value) }
    }

    package mutating func object(_ name: String, _ body: (inout JSONWriter) throws -> Void) rethrows {
        self.name(name)
        try braces(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    package mutating func array(_ name: String, _ body: (inout JSONWriter) throws -> Void) rethrows {
        self.name(name)
        try braces(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    /// Splices a JSON value that is already encoded.
    package mutating func rawMember(_ name: String, _ json: some Collection<UInt8>) {
        self.name(name)
        bytes.append(contentsOf: json)
    }

    package mutating func null(_ name: String) {
        self.name(name)
        append(ascii: "null")
    }

    // MARK: what values are written with

    mutating func append(ascii text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(encoded json: some Collection<UInt8>) { bytes.append(contentsOf: json) }

    mutating func append(unescaped text: String) { bytes.append(contentsOf: text.utf8) }

    /// Writes the text in quotes (RFC 8259, section 7). U+2028 and U+2029 stay as they are.
    mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: utf8[start..<index])
                escape(byte)
                start = index + 1
            }
            bytes.append(contentsOf: utf8[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func braces(_ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) throws -> Void) rethrows {
        bytes.append(open)
        needsComma = false
        try body(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(ascii: "\\\"")
        case UInt8(ascii: "\\"): append(ascii: "\\\\")
        case 0x08: append(ascii: "\\b")
        case 0x09: append(ascii: "\\t")
        case 0x0A: append(ascii: "\\n")
        case 0x0C: append(ascii: "\\f")
        case 0x0D: append(ascii: "\\r")
        default:
            append(ascii: byte < 0x10 ? "\\u000" : "\\u001")
            let digit = byte & 0xF
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    private mutating func name(_ name: String) {
        comma()
        append(quoted: name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
