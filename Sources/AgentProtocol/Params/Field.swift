import Domain
import JSON

/// One member or element of a request, and where it stands.
struct Field {
    let value: JSONValue
    let name: String
    let parent: String
    let unknown: UnknownNames

    var path: String { parent.isEmpty ? name : "\(parent).\(name)" }

    func error(_ problem: String) -> EralinkError { .invalidParams(path, problem) }

    private func wrongType(_ expected: String) -> EralinkError { error("must be \(expected), not \(value.kindPhrase)") }

    func bool() throws -> Bool {
        guard let found = value.bool else { throw wrongType("a boolean") }
        return found
    }

    func integer(in range: ClosedRange<Int64>) throws -> Int64 {
        guard case .number(let number) = value else { throw wrongType("an integer") }
        guard let found = number.int64 else { throw error("must be an integer of 64 bits") }
        guard range.contains(found) else {
            throw error(
                range.upperBound == .max
                    ? "must be at least \(range.lowerBound)"
                    : "must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return found
    }

    func integer(in range: ClosedRange<Int>) throws -> Int {
        Int(try integer(in: Int64(range.lowerBound)...Int64(range.upperBound)))
    }

    /// A position within an interaction, or a version: any that is not negative.
    func count() throws -> Int64 { try integer(in: 0...Int64.max) }

    func double(in range: ClosedRange<Double>) throws -> Double {
        guard case .number(let number) = value else { throw wrongType("a number") }
        guard let found = number.double, range.contains(found) else {
            throw error("must be from \(Int(range.lowerBound)) to \(Int(range.upperBound))")
        }
        return found
    }

    func choice<Value: RawRepresentable & CaseIterable>(
        of type: Value.Type = Value.self
    ) throws -> Value where Value.RawValue == String {
        guard let text = value.string else { throw wrongType("a string") }
        guard let found = Value(rawValue: text) else {
            throw error("must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return found
    }

    /// Any string of at most so many bytes; may be empty.
    func string(bytes limit: Int = AgentLimits.maxFrameBytes) throws -> String {
        guard let found = value.string else { throw wrongType("a string") }
        guard found.utf8.count <= limit else { throw error("is longer than \(limit) bytes") }
        return found
    }

    /// A string for machines: not empty.
    func token(bytes limit: Int) throws -> String {
        let found = try string(bytes: limit)
        guard !found.isEmpty else { throw error("must not be empty") }
        return found
    }

    /// A string for people: not blank.
    func text(bytes limit: Int = AgentLimits.maxFrameBytes) throws -> String {
        let found = try string(bytes: limit)
        guard !found.isBlank else { throw error("must not be blank") }
        return found
    }

    func elements<Element>(
        atMost limit: Int = .max, _ read: (Field) throws -> Element
    ) throws -> [Element] {
        guard let elements = value.array else { throw wrongType("an array") }
        guard elements.count <= limit else { throw error("has more than \(limit) elements") }
        var found: [Element] = []
        found.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            found.append(try read(Field(value: element, name: "\(name)[\(index)]", parent: parent, unknown: unknown)))
        }
        return found
    }

    /// An object, of which `read` takes the members; others are refused.
    func object<Value>(
        _ read: (inout ParamsReader) throws -> Value
    ) throws -> Value {
        var reader = ParamsReader(try members(), path: path, unknown: unknown)
        let found = try read(&reader)
        try reader.refuseOthers()
        return found
    }

    func members() throws -> [JSONMember] {
        guard let members = value.object else { throw wrongType("an object") }
        return members
    }
}
