extension JSONParser {
    mutating func number() throws(JSONError) -> JSONNumber {
        let start = next
        if peek() == UInt8(ascii: "-") { next += 1 }
        if peek() == UInt8(ascii: "0") {
            next += 1
        } else {
            try digits(from: start)
        }
        if peek() == UInt8(ascii: ".") {
            next += 1
            try digits(from: start)
        }
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            next += 1
            if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { next += 1 }
            try digits(from: start)
        }
        // `01` would else read as two values.
        if let byte = peek(), Self.isDigit(byte) { throw JSONError(.badNumber, at: start) }
        return JSONNumber(
            validText: String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<next]), as: UTF8.self))
    }

    private func peek() -> UInt8? { next < bytes.count ? bytes[next] : nil }

    private mutating func digits(from start: Int) throws(JSONError) {
        let first = next
        while next < bytes.count, Self.isDigit(bytes[next]) { next += 1 }
        if next == first {
            throw next == bytes.count ? JSONError(.unexpectedEnd, at: next) : JSONError(.badNumber, at: start)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
