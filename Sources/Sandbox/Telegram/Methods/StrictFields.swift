import JSON

/// Reads members of an object as strictly as the Bot API server does, with its sentences.
struct StrictFields {
    let object: JSONValue

    init(_ object: JSONValue) { self.object = object }

    /// Nil where the member is missing or null.
    private func member(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func has(_ name: String) -> Bool { object[name] != nil }

    /// Numbers count as text too; a missing member is empty.
    func text(_ name: String) throws(FieldProblem) -> String {
        guard let value = member(name) else { return "" }
        return try text(value, name)
    }

    func requiredText(_ name: String) throws(FieldProblem) -> String {
        guard let value = member(name) else { throw .missing(name) }
        return try text(value, name)
    }

    private func text(_ value: JSONValue, _ name: String) throws(FieldProblem) -> String {
        switch value {
        case .string(let text): return text
        case .number(let number): return number.text
        default: throw .type(name, "String")
        }
    }

    func flag(_ name: String) throws(FieldProblem) -> Bool {
        guard let value = member(name) else { return false }
        guard let flag = value.bool else { throw .type(name, "Boolean") }
        return flag
    }

    func integer(_ name: String) throws(FieldProblem) -> Int64 {
        guard let number = try optionalInteger(name) else { throw .missing(name) }
        return number
    }

    /// A number may be given as text; garbage is refused.
    func optionalInteger(_ name: String) throws(FieldProblem) -> Int64? {
        guard let value = member(name) else { return nil }
        switch value {
        case .number(let number):
            guard let integer = number.int64 else { throw .number(name) }
            return integer
        case .string(let text):
            guard let integer = Int64(text) else { throw .number(name) }
            return integer
        default: throw .type(name, "Number")
        }
    }

    /// Nil where the member is missing.
    func objectMember(_ name: String) throws(FieldProblem) -> StrictFields? {
        guard let value = member(name) else { return nil }
        guard case .object = value else { throw .type(name, "Object") }
        return StrictFields(value)
    }

    func array(_ name: String) throws(FieldProblem) -> [JSONValue]? {
        guard let value = member(name) else { return nil }
        guard let elements = value.array else { throw .type(name, "Array") }
        return elements
    }
}

/// What is wrong with a member.
struct FieldProblem: Error, Equatable {
    var text: String

    init(_ text: String) { self.text = text }

    static func missing(_ name: String) -> FieldProblem { FieldProblem("Can't find field \"\(name)\"") }

    static func type(_ name: String, _ type: String) -> FieldProblem {
        FieldProblem("Field \"\(name)\" must be of type \(type)")
    }

    static func number(_ name: String) -> FieldProblem { FieldProblem("Field \"\(name)\" must be a valid Number") }
}

extension JSONLimits {
    /// What the Bot API server reads.
    static var telegram: JSONLimits { JSONLimits(depth: 100) }
}
