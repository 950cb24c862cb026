import JSON

extension Schema {
    /// The schema as JSON. `within` is where components stand: `#/components/schemas/`.
    package func json(within: String = "#/components/schemas/") -> JSONValue {
        var members = keywords(within)
        if isNullable { members = Self.nullable(members, shape) }
        if let text { members.insert(JSONMember("description", .string(text)), at: 0) }
        return .object(members)
    }

    private func keywords(_ within: String) -> [JSONMember] {
        switch shape {
        case .any: []
        case .boolean: [.text("type", "boolean")]
        case .integer(let range):
            [.text("type", "integer")] + Self.bounds(range.lowerBound, range.upperBound, .min, .max) { .number($0) }
        case .number(let range):
            [.text("type", "number")]
                + Self.bounds(range.lowerBound, range.upperBound, -.infinity, .infinity) { .number(Int64($0)) }
        case .string(let text): [.text("type", "string")] + text.keywords
        case .choice(let words):
            words.count == 1
                ? [.text("const", words[0])]
                : [.text("type", "string"), JSONMember("enum", .array(words.map(JSONValue.string)))]
        case .array(let element, let count):
            [.text("type", "array"), JSONMember("items", element.json(within: within))]
                + count.keywords("minItems", "maxItems")
        case .object(let object): object.keywords(within)
        case .reference(let name): [.text("$ref", within + name)]
        case .one(let schemas): [JSONMember("oneOf", .array(schemas.map { $0.json(within: within) }))]
        }
    }

    private static func nullable(_ members: [JSONMember], _ shape: Shape) -> [JSONMember] {
        guard case .string("type", let name)? = members.first.map({ Named($0) }) else {
            return [JSONMember("oneOf", .array([.object(members), .object([.text("type", "null")])]))]
        }
        var types = [JSONMember("type", .array([.string(name), .string("null")]))]
        types += members.dropFirst().map { member in
            // The words of an enumeration must hold null too.
            guard member.name == "enum", let words = member.value.array else { return member }
            return JSONMember("enum", .array(words + [.null]))
        }
        return types
    }

    private enum Named {
        case string(String, String)
        case other

        init(_ member: JSONMember) {
            self = member.value.string.map { .string(member.name, $0) } ?? .other
        }
    }

    private static func bounds<Value: Comparable>(
        _ low: Value, _ high: Value, _ lowest: Value, _ highest: Value, _ json: (Value) -> JSONValue
    ) -> [JSONMember] {
        (low == lowest ? [] : [JSONMember("minimum", json(low))])
            + (high == highest ? [] : [JSONMember("maximum", json(high))])
    }
}

extension Schema.Text {
    fileprivate var keywords: [JSONMember] {
        length.keywords("minLength", "maxLength") + (pattern.map { [.text("pattern", $0)] } ?? [])
            + (format.map { [.text("format", $0)] } ?? [])
    }
}

extension Schema.Object {
    fileprivate func keywords(_ within: String) -> [JSONMember] {
        var keywords: [JSONMember] = [.text("type", "object")]
        if !members.isEmpty {
            let properties = members.map { JSONMember($0.name, $0.schema.json(within: within)) }
            keywords.append(JSONMember("properties", .object(properties)))
        }
        let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { keywords.append(JSONMember("required", .array(required))) }
        keywords += rules.flatMap(\.keywords)
        switch others {
        case .ignored: break
        case .refused: keywords.append(JSONMember("additionalProperties", .bool(false)))
        case .each(let schema, let limit):
            keywords.append(JSONMember("additionalProperties", schema.json(within: within)))
            if limit < Int.max { keywords.append(JSONMember("maxProperties", .number(Int64(limit)))) }
        }
        return keywords
    }
}

extension Schema.Rule {
    fileprivate var keywords: [JSONMember] {
        switch self {
        case .exactlyOne(let names): [JSONMember("oneOf", .array(names.map { .object([Self.required([$0])]) }))]
        case .notBoth(let one, let other): [JSONMember("not", .object([Self.required([one, other])]))]
        case .needs(let name, let other):
            [JSONMember("dependentRequired", .object([JSONMember(name, .array([.string(other)]))]))]
        case .named(let by, let names):
            Self.exactlyOne(names).keywords + [JSONMember("anyOf", .array(names.map { Self.tie(by, $0) }))]
        }
    }

    private static func tie(_ by: String, _ name: String) -> JSONValue {
        let constant = JSONMember(by, .object([.text("const", name)]))
        return .object([JSONMember("properties", .object([constant])), required([name])])
    }

    private static func required(_ names: [String]) -> JSONMember {
        JSONMember("required", .array(names.map(JSONValue.string)))
    }
}

extension ClosedRange<Int> {
    fileprivate func keywords(_ least: String, _ most: String) -> [JSONMember] {
        (lowerBound == 0 ? [] : [JSONMember(least, .number(Int64(lowerBound)))])
            + (upperBound == Int.max ? [] : [JSONMember(most, .number(Int64(upperBound)))])
    }
}

extension JSONMember {
    /// A member whose value is a string.
    static func text(_ name: String, _ text: String) -> JSONMember { JSONMember(name, .string(text)) }
}
