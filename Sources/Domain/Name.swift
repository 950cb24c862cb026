/// The names that people give to accounts and tokens: they stand in URLs, ZooKeeper paths and metric labels.
package enum Name {
    /// 1 to 64 of `[A-Za-z0-9._-]`, not beginning with a dot or a dash.
    package static func isValid(_ name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, bytes.count <= 64, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
            return false
        }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }

    package static let rule =
        "1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter, a digit or _"
}
