/// Recursive descent over UTF-8 bytes. Recursion is bounded by `limits.depth`.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let limits: JSONLimits
    var next = 0
    private(set) var kinds: JSONDocument.Kinds = []

    /// What the open arrays and objects hold so far: each is cut off as one exactly sized array when it closes.
    private var elements: [JSONValue] = []
    private var members: [JSONMember] = []
    private var depth = 0

    /// The way to the first flaw, innermost step first, and the depth whose step comes next: it is collected while the
    /// recursion unwinds, so that texts without flaws pay nothing for it.
    private var firstFlaw: [Step] = []
    private var stepWanted = -1

    /// Decoded bytes of a string with escapes.
    var scratch: [UInt8] = []

    private enum Step {
        case member(String)
        case element(Int)
    }

    init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try value()
        skipSpace()
        guard next == bytes.count else { throw JSONError(.trailingBytes, at: next) }
        return value
    }

    var flaws: JSONDocument.Flaws {
        guard !kinds.isEmpty else { return .init() }
        var path = ""
        for step in firstFlaw.reversed() {
            switch step {
            case .member(let name): path += path.isEmpty ? name : ".\(name)"
            case .element(let index): path += "[\(index)]"
            }
        }
        return .init(kinds: kinds, firstPath: path)
    }

    mutating func note(_ flaw: JSONDocument.Kinds) {
        if kinds.isEmpty { stepWanted = depth }
        kinds.formUnion(flaw)
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        guard next < bytes.count else { throw JSONError(.unexpectedEnd, at: next) }
        switch bytes[next] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case let byte: throw JSONError(.unexpectedByte(byte), at: next)
        }
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        let offset = next
        try enter()
        let start = members.count
        if try !closes(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                let nameOffset = next
                try expect(UInt8(ascii: "\""))
                next = nameOffset
                let name = try string()
                if stepWanted == depth { step(.member(name)) }
                skipSpace()
                try expect(UInt8(ascii: ":"))
                skipSpace()
                let value = try value()
                if stepWanted == depth { step(.member(name)) }
                members.append(JSONMember(name, value))
                skipSpace()
            } while try another(or: UInt8(ascii: "}"))
        }
        if limits.duplicateNames != .ignore, let name = Self.firstDouble(members[start...]) {
            if limits.duplicateNames == .refuse { throw JSONError(.duplicateName(name), at: offset) }
            note(.duplicateName)
            if stepWanted == depth { step(.member(name)) }
        }
        depth -= 1
        let found = Array(members[start...])
        members.removeSubrange(start...)
        return .object(found)
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        let start = elements.count
        if try !closes(UInt8(ascii: "]")) {
            repeat {
                skipSpace()
                let value = try value()
                if stepWanted == depth { step(.element(elements.count - start)) }
                elements.append(value)
                skipSpace()
            } while try another(or: UInt8(ascii: "]"))
        }
        depth -= 1
        let found = Array(elements[start...])
        elements.removeSubrange(start...)
        return .array(found)
    }

    private mutating func enter() throws(JSONError) {
        guard depth < limits.depth else { throw JSONError(.tooDeep(limit: limits.depth), at: next) }
        depth += 1
        next += 1
    }

    private mutating func step(_ step: Step) {
        firstFlaw.append(step)
        stepWanted -= 1
        if stepWanted == 0 { stepWanted = -1 }
    }

    /// Linear in the number of members, since they are the sender's choice.
    private static func firstDouble(_ members: ArraySlice<JSONMember>) -> String? {
        guard members.count > 16 else {
            return members.indices.first { index in members[..<index].contains { $0.name == members[index].name } }
                .map { members[$0].name }
        }
        var seen: Set<String> = []
        return members.first { !seen.insert($0.name).inserted }?.name
    }

    private mutating func closes(_ end: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard next < bytes.count else { throw JSONError(.unexpectedEnd, at: next) }
        guard bytes[next] == end else { return false }
        next += 1
        return true
    }

    private mutating func another(or end: UInt8) throws(JSONError) -> Bool {
        guard next < bytes.count else { throw JSONError(.unexpectedEnd, at: next) }
        let byte = bytes[next]
        guard byte == UInt8(ascii: ",") || byte == end else { throw JSONError(.unexpectedByte(byte), at: next) }
        next += 1
        return byte != end
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard next < bytes.count else { throw JSONError(.unexpectedEnd, at: next) }
        guard bytes[next] == byte else { throw JSONError(.unexpectedByte(bytes[next]), at: next) }
        next += 1
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for offset in 0..<text.utf8CodeUnitCount { try expect(text.utf8Start[offset]) }
        return value
    }

    private mutating func skipSpace() {
        while next < bytes.count {
            switch bytes[next] {
            case 0x20, 0x0A, 0x0D, 0x09: next += 1
            default: return
            }
        }
    }
}
