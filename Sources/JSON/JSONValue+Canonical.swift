extension JSONValue {
    /// Bytes that are the same for texts that mean the same: no space, members by name (of doubled ones the last), whole
    /// numbers without fraction or exponent. For digests, not for reading.
    package var canonicalBytes: [UInt8] { JSONWriter.bytes(of: canonical) }

    private var canonical: JSONValue {
        switch self {
        case .null, .bool, .string: self
        case .number(let number): .number(number.canonical)
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let members): .object(Self.canonical(members))
        }
    }

    private static func canonical(_ members: [JSONMember]) -> [JSONMember] {
        Dictionary(members.map { ($0.name, $0.value) }) { _, last in last }
            .map { JSONMember($0.key, $0.value.canonical) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

extension JSONNumber {
    fileprivate var canonical: JSONNumber {
        if let value = int64 { return JSONNumber(value) }
        if let value = double { return JSONNumber(validText: value.description) }
        return self
    }
}
