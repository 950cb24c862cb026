/// The text of `unsupported.raw`: the messenger's own JSON, made storable.
package enum RawText {
    /// Bytes as text: what is not UTF-8, and U+0000, become U+FFFD; at most 16 KiB, cut at a character's edge.
    package static func fitting(_ bytes: some Collection<UInt8>) -> String {
        // Whatever may be cut off anyway need not be decoded; a repaired byte only ever grows.
        fitting(String(decoding: bytes.prefix(AgentLimits.rawBytes + 4), as: UTF8.self))
    }

    package static func fitting(_ text: String) -> String {
        var clean = text
        if text.utf8.contains(0) {
            clean = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
        }
        return clean.prefix(utf8: AgentLimits.rawBytes)
    }
}

extension String {
    /// The longest beginning of at most so many bytes that splits no scalar.
    func prefix(utf8 limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let bytes = utf8
        var end = bytes.index(startIndex, offsetBy: limit)
        // Continuation bytes are 10xxxxxx: the scalar that they belong to does not fit.
        while end > startIndex, bytes[end] & 0xC0 == 0x80 { end = bytes.index(before: end) }
        return String(self[..<end])
    }
}
