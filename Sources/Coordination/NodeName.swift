/// Any text as the name of a node, and back: what is not a letter, digit, dot, dash or underscore is percent-encoded, and so
/// is a dot at the beginning, since `.` and `..` are no names.
enum NodeName {
    static func encode(_ text: String) -> String {
        var name = ""
        for (index, byte) in text.utf8.enumerated() {
            if isPlain(byte) && !(index == 0 && byte == UInt8(ascii: ".")) {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                name += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        // An empty name would be the parent itself. A lone percent sign is what `encode` never makes of anything else.
        return name.isEmpty ? "%" : name
    }

    static func decode(_ name: String) -> String {
        var bytes: [UInt8] = []
        var rest = name.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(Substring(rest.prefix(2)), radix: 16), rest.count >= 2 {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else if byte != UInt8(ascii: "%") || name.utf8.count > 1 {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
