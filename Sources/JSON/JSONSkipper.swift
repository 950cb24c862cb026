/// Walks over values by their brackets and quotes.
struct JSONSkipper {
    let bytes: UnsafeBufferPointer<UInt8>
    private var next = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Stops before the value of the last member of that name.
    mutating func enterMember(_ name: String) throws(JSONError) {
        guard let member = try members().last(where: { $0.name == name }) else {
            throw JSONError(.noArray(member: name), at: 0)
        }
        next = member.value.lowerBound
    }

    mutating func members() throws(JSONError) -> [(name: String, value: Range<Int>)] {
        var found: [(name: String, value: Range<Int>)] = []
        try expect("{")
        if skip("}") { return found }
        repeat {
            let name = try value()
            let document = try JSONDocument(parsing: bytes[name], limits: .init(depth: 0, invalidUTF8: .replace))
            guard let text = document.value.string else {
                throw JSONError(.unexpectedByte(bytes[name.lowerBound]), at: name.lowerBound)
            }
            try expect(":")
            found.append((text, try value()))
        } while skip(",")
        try expect("}")
        return found
    }

    mutating func elements(expecting member: String) throws(JSONError) -> [Range<Int>] {
        guard skip("[") else { throw JSONError(.noArray(member: member), at: next) }
        var found: [Range<Int>] = []
        if skip("]") { return found }
        repeat { found.append(try value()) } while skip(",")
        try expect("]")
        return found
    }

    /// Passes one value and gives its range without the space around it.
    private mutating func value() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = next
        var open = 0
        while next < bytes.count {
            switch bytes[next] {
            case UInt8(ascii: "\""):
                try string()
                if open == 0 { return start..<next }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open += 1
                next += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if open == 0 { return try scalar(from: start) }
                open -= 1
                next += 1
                if open == 0 { return start..<next }
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x0A, 0x0D, 0x09:
                if open == 0 { return try scalar(from: start) }
                next += 1
            default:
                next += 1
            }
        }
        throw JSONError(.unexpectedEnd, at: next)
    }

    private func scalar(from start: Int) throws(JSONError) -> Range<Int> {
        guard next > start else { throw JSONError(.unexpectedByte(bytes[next]), at: next) }
        return start..<next
    }

    private mutating func string() throws(JSONError) {
        next += 1
        while next < bytes.count {
            switch bytes[next] {
            case UInt8(ascii: "\\"): next += 2
            case UInt8(ascii: "\""):
                next += 1
                return
            default: next += 1
            }
        }
        throw JSONError(.unexpectedEnd, at: bytes.count)
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next < bytes.count, bytes[next] == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
        guard !skip(character) else { return }
        throw next < bytes.count
            ? JSONError(.unexpectedByte(bytes[next]), at: next) : JSONError(.unexpectedEnd, at: next)
    }

    private mutating func skipSpace() {
        while next < bytes.count,
            bytes[next] == 0x20 || (0x09...0x0D).contains(bytes[next]) && bytes[next] != 0x0B && bytes[next] != 0x0C
        {
            next += 1
        }
    }
}
