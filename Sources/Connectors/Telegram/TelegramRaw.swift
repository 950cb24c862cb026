import Domain
import JSON

/// Keeps Telegram's own JSON of what Eralink has no kind for, so that a person can read it.
enum TelegramRaw {
    static func unsupported(_ providerType: String, _ value: JSONValue) -> Content {
        .unsupported(
            .init(
                providerType: providerType.cut(toBytes: 64),
                raw: String(decoding: JSONWriter.bytes(of: value), as: UTF8.self).cut(toBytes: TelegramLimits.rawBytes))
        )
    }

    /// An answer for people: as JSON with its characters in the clear, or whatever else came.
    static func readable(_ body: [UInt8], limit: Int) -> String {
        // Nothing is escaped in it: it is readable as it is.
        if !body.contains(UInt8(ascii: "\\")), !body.contains(0), let text = String(validating: body, as: UTF8.self) {
            return text.cut(toBytes: limit)
        }
        guard let value = try? JSONValue(parsing: body, limits: .init(invalidUTF8: .replace)) else {
            return text(of: body[...], limit: limit)
        }
        return String(decoding: JSONWriter.bytes(of: value), as: UTF8.self).cut(toBytes: limit)
    }

    /// JSON that could not be read, as text that can be stored: bytes that are no UTF-8, NUL, and the escapes of NUL and of
    /// lone surrogates become U+FFFD.
    static func text(of bytes: ArraySlice<UInt8>, limit: Int) -> String {
        let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
        var clean = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let escaped = rest.popFirst() else {
                clean.append(clear(scalar))
                continue
            }
            let unit = escaped == "u" ? unit(rest) : nil
            if let unit, UTF16.isLeadSurrogate(unit), let pair = pair(rest) {
                clean.append(contentsOf: "\\u".unicodeScalars)
                clean.append(contentsOf: pair)
                rest = rest.dropFirst(pair.count)
            } else if let unit, unit == 0 || UTF16.isSurrogate(unit) {
                clean.append("\u{FFFD}")
                rest = rest.dropFirst(4)
            } else {
                clean.append(scalar)
                clean.append(clear(escaped))
            }
        }
        return (bytes.count > limit ? String(clean) + "…" : String(clean)).cut(toBytes: limit)
    }

    private typealias Scalars = Substring.UnicodeScalarView

    private static func clear(_ scalar: Unicode.Scalar) -> Unicode.Scalar { scalar == "\0" ? "\u{FFFD}" : scalar }

    /// The four digits after `\u`.
    private static func unit(_ scalars: Scalars) -> UInt16? {
        let digits = scalars.prefix(4)
        return digits.count == 4 ? UInt16(String(digits), radix: 16) : nil
    }

    /// What follows the `\u` of a leading surrogate, up to the end of the trailing one.
    private static func pair(_ scalars: Scalars) -> Scalars? {
        let pair = scalars.prefix(10)
        let second = pair.dropFirst(4)
        guard second.starts(with: "\\u".unicodeScalars), let trail = unit(second.dropFirst(2)),
            UTF16.isTrailSurrogate(trail)
        else { return nil }
        return pair
    }
}
