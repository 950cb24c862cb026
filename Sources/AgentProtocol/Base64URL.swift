/// Base64 with `-` and `_` and without padding (RFC 4648, section 5), for bytes whose count is a multiple of three.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            for shift in [18, 12, 6, 0] { text.append(alphabet[group >> shift & 63]) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil where the text is not what `encode` makes.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        var group = 0
        for (index, byte) in text.utf8.enumerated() {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            group = group << 6 | digit
            guard index % 4 == 3 else { continue }
            bytes += [UInt8(group >> 16), UInt8(group >> 8 & 255), UInt8(group & 255)]
            group = 0
        }
        return bytes
    }
}
