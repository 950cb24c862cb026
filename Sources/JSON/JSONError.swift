/// Why bytes are not a JSON text that the reader takes, and at which byte.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    package var kind: Kind
    /// Counted in bytes from the first one that was given; of a doubled name, where its object begins.
    package var offset: Int

    package enum Kind: Sendable, Equatable {
        case unexpectedEnd
        case unexpectedByte(UInt8)
        case badEscape
        case badNumber
        case controlCharacterInString
        case invalidUTF8
        case duplicateName(String)
        case tooDeep(limit: Int)
        case trailingBytes
        /// The member that should hold the array is not there, or holds something else.
        case noArray(member: String)
    }

    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    package var description: String { "\(reason) at byte \(offset)" }

    private var reason: String {
        switch kind {
        case .unexpectedEnd: "the JSON text ends too early"
        case .unexpectedByte(let byte): "unexpected byte 0x\(String(byte, radix: 16))"
        case .badEscape: "bad escape in a string"
        case .badNumber: "bad number"
        case .controlCharacterInString: "control character in a string"
        case .invalidUTF8: "invalid UTF-8"
        case .duplicateName(let name): "the member \"\(name)\" stands twice"
        case .tooDeep(let limit): "nested deeper than \(limit)"
        case .trailingBytes: "more after the JSON value"
        case .noArray(let member): "no array \"\(member)\""
        }
    }
}
