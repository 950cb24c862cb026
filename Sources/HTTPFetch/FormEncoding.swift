/// Percent encoding for queries and `application/x-www-form-urlencoded` bodies.
///
/// Strict: everything but the unreserved characters of RFC 3986 is escaped as UTF-8, a space as `%20` (a `+` is read as a
/// space by forms and as a plus by paths; `%20` is a space to both).
package enum FormEncoding {
    package static let contentType = "application/x-www-form-urlencoded"

    /// `name=value` pairs joined by `&`, in their order; names may repeat.
    package static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { escape($0.name) + "=" + escape($0.value) }.joined(separator: "&")
    }

    /// One name, value or path segment.
    package static func escape(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte.isASCIIAlphanumeric || "-._~".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes += hexadecimal(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Two upper-case digits.
    static func hexadecimal(_ byte: UInt8) -> [UInt8] {
        [byte >> 4, byte & 15].map { $0 < 10 ? 48 + $0 : 55 + $0 }
    }
}
