/// `application/x-www-form-urlencoded`, and query strings.
enum FormBody {
    static func read(_ bytes: some Collection<UInt8>, into parameters: inout RequestParameters) {
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = decoded(pair[..<equals])
            let value = equals == pair.endIndex ? [] : decoded(pair[pair.index(after: equals)...])
            parameters.add(name, value)
        }
    }

    /// A malformed percent escape stays as it stands.
    static func decoded(_ bytes: some Collection<UInt8>, plusIsSpace: Bool = true) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var next = bytes.startIndex
        while next < bytes.endIndex {
            let byte = bytes[next]
            bytes.formIndex(after: &next)
            if byte == UInt8(ascii: "+"), plusIsSpace {
                result.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), let (value, after) = escape(bytes, at: next) {
                result.append(value)
                next = after
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private static func escape<Bytes: Collection<UInt8>>(_ bytes: Bytes, at start: Bytes.Index) -> (UInt8, Bytes.Index)?
    {
        guard start < bytes.endIndex, let high = hexDigit(bytes[start]) else { return nil }
        let second = bytes.index(after: start)
        guard second < bytes.endIndex, let low = hexDigit(bytes[second]) else { return nil }
        return (high << 4 | low, bytes.index(after: second))
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
