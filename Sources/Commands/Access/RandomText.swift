import FoundationEssentials

/// Random bytes as text that can stand in URLs, files and headers: base64url without padding (RFC 4648, section 5).
enum RandomText {
    static func urlSafe(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// A UUID of version 7 (RFC 9562): the milliseconds of `now` first, so that ids sort by time.
    static func uuid7(milliseconds: Int64, random: [UInt8]) -> String {
        var bytes = (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * Int64($0))) }
        bytes += (0..<10).map { $0 < random.count ? random[$0] : 0 }
        bytes[6] = bytes[6] & 0x0F | 0x70
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0\(digits)" : digits
        }
        return [hex[0..<4], hex[4..<6], hex[6..<8], hex[8..<10], hex[10..<16]].map { $0.joined() }.joined(
            separator: "-")
    }
}
