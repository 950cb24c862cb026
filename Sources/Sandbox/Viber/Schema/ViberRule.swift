import JSON

/// What a member of a request must be; says what is wrong with it.
struct ViberRule: Sendable {
    var name: String
    var isRequired = false
    /// The `min_api_version` whose schema has it first.
    var level = 1
    let problem: @Sendable (JSONValue) -> String?

    init(_ name: String, required: Bool = false, level: Int = 1, _ problem: @escaping @Sendable (JSONValue) -> String?)
    {
        self.name = name
        isRequired = required
        self.level = level
        self.problem = problem
    }

    static func text(
        _ name: String, _ length: ClosedRange<Int> = 0...Int.max, required: Bool = false, level: Int = 1
    ) -> Self {
        Self(name, required: required, level: level) { value in
            guard let text = value.string else { return "\(value.kindPhrase) does not match string" }
            let count = text.unicodeScalars.count
            return length.contains(count) ? nil : "string of \(count) characters is not allowed"
        }
    }

    static func integer(
        _ name: String, _ range: ClosedRange<Int64>, required: Bool = false, level: Int = 1
    ) -> Self {
        Self(name, required: required, level: level) { value in
            guard let number = value.number, !number.text.contains("."), let integer = number.int64 else {
                return "\(value.kindPhrase) does not match integer"
            }
            return range.contains(integer) ? nil : "\(integer) is not within \(range.lowerBound)...\(range.upperBound)"
        }
    }

    static func number(_ name: String, _ range: ClosedRange<Double>, required: Bool = false) -> Self {
        Self(name, required: required) { value in
            guard let number = value.double else { return "\(value.kindPhrase) does not match number" }
            return range.contains(number) ? nil : "\(number) is not within \(range.lowerBound)...\(range.upperBound)"
        }
    }

    static func flag(_ name: String, level: Int = 1) -> Self {
        Self(name, level: level) { $0.bool == nil ? "\($0.kindPhrase) does not match boolean" : nil }
    }

    static func choice(_ name: String, _ words: [String], required: Bool = false, level: Int = 1) -> Self {
        Self(name, required: required, level: level) { value in
            guard let word = value.string else { return "\(value.kindPhrase) does not match string" }
            return words.contains(word) ? nil : "\"\(word)\" is not in the enum \(words)"
        }
    }

    static func color(_ name: String) -> Self {
        Self(name) { value in
            guard let text = value.string else { return "\(value.kindPhrase) does not match string" }
            let digits = text.dropFirst()
            return text.hasPrefix("#") && digits.utf8.count == 6 && digits.allSatisfy(\.isHexDigit)
                ? nil : "\"\(text)\" is not #RRGGBB"
        }
    }

    static func link(_ name: String, _ longest: Int = 2000, required: Bool = false, level: Int = 1) -> Self {
        Self(name, required: required, level: level) { value in
            guard let text = value.string else { return "\(value.kindPhrase) does not match string" }
            guard text.hasPrefix("https://") || text.hasPrefix("http://"),
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { return "\"\(text)\" is not a URL" }
            return text.utf8.count <= longest ? nil : "a URL of \(text.utf8.count) characters is not allowed"
        }
    }

    /// Any object.
    static func object(_ name: String, required: Bool = false, level: Int = 1, _ rules: [ViberRule]? = nil) -> Self {
        Self(name, required: required, level: level) { value in
            guard value.object != nil else { return "\(value.kindPhrase) does not match object" }
            return rules.flatMap { $0.problem(with: value, level: Int.max) }
        }
    }
}

extension [ViberRule] {
    /// What is wrong with the object under the schema of that level, in words such as Viber's; nil where nothing is.
    func problem(with value: JSONValue, level: Int) -> String? {
        guard let members = value.object else { return "\(value.kindPhrase) does not match object" }
        let rules = filter { $0.level <= level }
        let missing = rules.filter { rule in rule.isRequired && !members.contains { $0.name == rule.name } }
        if !missing.isEmpty {
            return
                "object has missing required properties ([\(missing.map { "\"\($0.name)\"" }.joined(separator: ","))])"
        }
        for member in members {
            guard let rule = rules.first(where: { $0.name == member.name }) else {
                return "object instance has properties which are not allowed by the schema: [\"\(member.name)\"]"
            }
            if let problem = rule.problem(member.value) { return "\(member.name): \(problem)" }
        }
        let names = members.map(\.name)
        return Set(names).count == names.count ? nil : "a member stands twice"
    }
}
