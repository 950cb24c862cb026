import AgentProtocol
import Domain
import JSON

/// Holds values against schemas, and remembers which members were seen: what an answer carries and the schema does not list is
/// a defect here, although clients would pass over it.
package struct SchemaCheck {
    /// Members by the place of their object in the schemas, such as `Message` or `Message.parts[]`.
    package private(set) var seen: [String: Set<String>] = [:]
    /// Members that were missing where their object was there.
    package private(set) var missed: [String: Set<String>] = [:]
    /// Every object that a value was held against.
    package private(set) var objects: [String: Schema.Object] = [:]

    package init() {}

    /// What is wrong, a line each; empty where the value is one of the schema.
    package mutating func problems(of value: JSONValue, _ schema: Schema, at place: String) -> [String] {
        if schema.isNullable, value.isNull { return [] }
        switch schema.shape {
        case .any: return []
        case .boolean: return value.bool == nil ? ["\(place): \(value.kindPhrase) for a boolean"] : []
        case .integer(let range):
            guard let number = value.int64 else { return ["\(place): \(value.kindPhrase) for an integer"] }
            return range.contains(number) ? [] : ["\(place): \(number) is out of range"]
        case .number(let range):
            guard let number = value.double else { return ["\(place): \(value.kindPhrase) for a number"] }
            return range.contains(number) ? [] : ["\(place): \(number) is out of range"]
        case .string(let rules): return rules.problem(of: value).map { ["\(place): \($0)"] } ?? []
        case .choice(let words):
            return words.contains(value.string ?? "") ? [] : ["\(place): not one of \(words)"]
        case .array(let element, let count):
            guard let elements = value.array else { return ["\(place): \(value.kindPhrase) for an array"] }
            var found = count.contains(elements.count) ? [] : ["\(place): \(elements.count) elements"]
            for value in elements { found += problems(of: value, element, at: place + "[]") }
            return found
        case .reference(let name):
            guard let component = Schemas.component(name) else { return ["\(place): no component \(name)"] }
            return problems(of: value, component, at: name)
        case .one(let schemas): return oneOf(schemas, value, place)
        case .object(let object): return members(of: object, value, place)
        }
    }

    private mutating func oneOf(_ schemas: [Schema], _ value: JSONValue, _ place: String) -> [String] {
        let results = schemas.enumerated().map { index, schema in
            var attempt = self
            let problems = attempt.problems(of: value, schema, at: "\(place)|\(index)")
            return (problems, attempt)
        }
        let fitting = results.filter { $0.0.isEmpty }
        guard fitting.count == 1 else {
            return ["\(place): fits \(fitting.count) of \(schemas.count) alternatives"] + results.flatMap(\.0)
        }
        self = fitting[0].1
        return []
    }

    private mutating func members(of object: Schema.Object, _ value: JSONValue, _ place: String) -> [String] {
        guard let members = value.object else { return ["\(place): \(value.kindPhrase) for an object"] }
        let names = Set(members.map(\.name))
        objects[place] = object
        var found: [String] = []
        for member in object.members {
            guard let value = value[member.name] else {
                missed[place, default: []].insert(member.name)
                if member.isRequired { found.append("\(place): \(member.name) is missing") }
                continue
            }
            seen[place, default: []].insert(member.name)
            found += problems(of: value, member.schema, at: "\(place).\(member.name)")
        }
        let strange = members.filter { member in !object.members.contains { $0.name == member.name } }
        if case .each(let schema, let limit) = object.others {
            if strange.count > limit { found.append("\(place): too many members") }
            for member in strange { found += problems(of: member.value, schema, at: "\(place).*") }
        } else {
            found += strange.map { "\(place): \($0.name) is not in the schema" }
        }
        return found + object.rules.filter { !$0.holds(for: names, in: value) }.map { "\(place): against \($0)" }
    }

    /// What the schemas list and no value had, and what they call optional and every value had.
    package var gaps: [String] {
        objects.flatMap { place, object in
            object.members.compactMap { member in
                if seen[place]?.contains(member.name) != true { return "\(place).\(member.name) was never there" }
                if !member.isRequired, missed[place]?.contains(member.name) != true {
                    return "\(place).\(member.name) was always there"
                }
                return nil
            }
        }.sorted()
    }
}

extension Schema.Text {
    fileprivate func problem(of value: JSONValue) -> String? {
        guard let text = value.string else { return "\(value.kindPhrase) for a string" }
        guard length.contains(text.unicodeScalars.count) else { return "\(text.unicodeScalars.count) characters" }
        if let pattern {
            guard let regex = try? Regex(pattern) else { return "\(pattern) is no pattern" }
            if text.firstMatch(of: regex.matchingSemantics(.unicodeScalar)) == nil {
                return "\(text) is not like \(pattern)"
            }
        }
        if format == "date-time", Timestamp(rfc3339: text) == nil { return "\(text) is no date-time" }
        return nil
    }
}

extension Schema.Rule {
    fileprivate func holds(for names: Set<String>, in value: JSONValue) -> Bool {
        switch self {
        case .exactlyOne(let some): some.filter(names.contains).count == 1
        case .notBoth(let one, let other): !(names.contains(one) && names.contains(other))
        case .needs(let name, let other): !names.contains(name) || names.contains(other)
        case .named(let by, let some): some.filter(names.contains) == [value[by]?.string ?? ""]
        }
    }
}
