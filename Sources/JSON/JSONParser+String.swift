extension JSONParser {
    /// Reads a string from its opening quote on.
    mutating func string() throws(JSONError) -> String {
        next += 1
        let start = next
        var seen: UInt8 = 0
        while next < bytes.count {
            let byte = bytes[next]
            if byte == UInt8(ascii: "\"") {
                let plain = UnsafeBufferPointer(rebasing: bytes[start..<next])
                next += 1
                return seen < 0x80 ? String(decoding: plain, as: UTF8.self) : try text(plain, from: start)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if byte < 0x20 { throw JSONError(.controlCharacterInString, at: next) }
            seen |= byte
            next += 1
        }
        throw JSONError(.unexpectedEnd, at: next)
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: bytes[start..<next])
        while next < bytes.count {
            let byte = bytes[next]
            switch byte {
            case UInt8(ascii: "\""):
                next += 1
                let decoded = scratch
                return try decoded.withUnsafeBufferPointer { (buffer) throws(JSONError) in try text(buffer, from: start)
                }
            case UInt8(ascii: "\\"):
                try escape()
            case 0..<0x20:
                throw JSONError(.controlCharacterInString, at: next)
            default:
                scratch.append(byte)
                next += 1
            }
        }
        throw JSONError(.unexpectedEnd, at: next)
    }

    /// Decodes the escape at `next` into `scratch`.
    private mutating func escape() throws(JSONError) {
        let start = next
        guard start + 1 < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        next += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): scratch.append(0x22)
        case UInt8(ascii: "\\"): scratch.append(0x5C)
        case UInt8(ascii: "/"): scratch.append(0x2F)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"): try unicodeEscape(from: start)
        default: throw JSONError(.badEscape, at: start)
        }
    }

    private mutating func unicodeEscape(from start: Int) throws(JSONError) {
        let unit = try codeUnit(from: start)
        guard unit != 0 else { return replace(.nul) }
        guard unit & 0xF800 == 0xD800 else { return append(unit) }
        guard unit < 0xDC00, next + 1 < bytes.count, bytes[next] == UInt8(ascii: "\\"),
            bytes[next + 1] == UInt8(ascii: "u")
        else { return replace(.loneSurrogate) }
        let second = next
        next += 2
        let low = try codeUnit(from: second)
        guard low & 0xFC00 == 0xDC00 else {
            // What follows is no partner but a character of its own.
            next = second
            return replace(.loneSurrogate)
        }
        append(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF)
    }

    /// The four hexadecimal digits at `next`.
    private mutating func codeUnit(from start: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard next < bytes.count else { throw JSONError(.unexpectedEnd, at: next) }
            let byte = bytes[next]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw JSONError(.badEscape, at: start)
            }
            unit = unit << 4 | UInt32(digit)
            next += 1
        }
        return unit
    }

    private mutating func append(_ scalar: UInt32) {
        guard let scalar = Unicode.Scalar(scalar) else { return replace(.loneSurrogate) }
        if scalar.isASCII {
            scratch.append(UInt8(scalar.value))
        } else {
            scratch.append(contentsOf: UTF8.encode(scalar) ?? .init())
        }
    }

    private mutating func replace(_ flaw: JSONDocument.Kinds) {
        note(flaw)
        scratch.append(contentsOf: [0xEF, 0xBF, 0xBD])
    }

    /// The text of decoded bytes that stood at `start`.
    private mutating func text(_ decoded: UnsafeBufferPointer<UInt8>, from start: Int) throws(JSONError) -> String {
        if let text = String(validating: decoded, as: UTF8.self) { return text }
        if limits.invalidUTF8 == .refuse { throw JSONError(.invalidUTF8, at: start) }
        note(.invalidUTF8)
        return String(decoding: decoded, as: UTF8.self)
    }
}
