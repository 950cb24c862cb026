/// A value and where it stands: for mapping wire types with errors that name the place.
package struct JSONNode: Sendable {
    package let value: JSONValue
    private let place: Place

    private indirect enum Place: Sendable {
        case root
        case member(String, of: Place)
        case element(Int, of: Place)
    }

    package init(_ value: JSONValue) {
        self.value = value
        place = .root
    }

    private init(_ value: JSONValue, _ place: Place) {
        self.value = value
        self.place = place
    }

    /// Such as `message.entities[2].url`; empty for the whole.
    package var path: String {
        switch place {
        case .root: ""
        case .member(let name, let parent):
            JSONNode(.null, parent).path.isEmpty ? name : "\(JSONNode(.null, parent).path).\(name)"
        case .element(let index, let parent): "\(JSONNode(.null, parent).path)[\(index)]"
        }
    }

    /// The member of that name; nil where it is missing or null, and of what is no object.
    package subscript(name: String) -> JSONNode? {
        guard let found = value[name], found != .null else { return nil }
        return JSONNode(found, .member(name, of: place))
    }

    /// The member of that name, which must be there and not null.
    package func member(_ name: String) throws(JSONMappingError) -> JSONNode {
        guard let found = self[name] else {
            throw JSONMappingError(path: JSONNode(.null, .member(name, of: place)).path, problem: "is missing")
        }
        return found
    }

    package func string() throws(JSONMappingError) -> String { try expect(value.string, "a string") }
    package func int64() throws(JSONMappingError) -> Int64 { try expect(value.int64, "an integer of 64 bits") }
    package func double() throws(JSONMappingError) -> Double { try expect(value.double, "a number") }
    package func bool() throws(JSONMappingError) -> Bool { try expect(value.bool, "a boolean") }
    package func members() throws(JSONMappingError) -> [JSONMember] { try expect(value.object, "an object") }

    package func elements() throws(JSONMappingError) -> [JSONNode] {
        try expect(value.array, "an array").enumerated().map { JSONNode($1, .element($0, of: place)) }
    }

    /// An error at this place.
    package func error(_ problem: String) -> JSONMappingError { JSONMappingError(path: path, problem: problem) }

    private func expect<Found>(_ found: Found?, _ what: String) throws(JSONMappingError) -> Found {
        guard let found else { throw error("is \(value.kindPhrase) and must be \(what)") }
        return found
    }
}

/// Valid JSON of another shape than expected.
package struct JSONMappingError: Error, Sendable, Equatable, CustomStringConvertible {
    package var path: String
    package var problem: String

    package init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    package var description: String { "\(path.isEmpty ? "the JSON value" : path) \(problem)" }
}
