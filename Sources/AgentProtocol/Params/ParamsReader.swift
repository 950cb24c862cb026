import Domain
import JSON

/// Reads the members of one object of a request and refuses those that nobody asked for.
///
/// Every error is `invalid_params` and names the member by its full path within `params`. Ids that can name nothing are
/// noted and reported by the outermost reader only, as `not_found`, once the rest has proved valid.
struct ParamsReader {
    private let members: [JSONMember]
    private let path: String
    private let unknown: UnknownNames
    private var taken: [Bool]

    init(_ members: [JSONMember]) { self.init(members, path: "", unknown: UnknownNames()) }

    init(_ members: [JSONMember], path: String, unknown: UnknownNames) {
        self.members = members
        self.path = path
        self.unknown = unknown
        taken = Array(repeating: false, count: members.count)
    }

    mutating func required<Value>(
        _ name: String, _ read: (Field) throws -> Value
    ) throws -> Value {
        guard let field = take(name) else { throw missing(name) }
        return try read(field)
    }

    /// Nil where the member is not there; null is a value of the wrong type, like any other.
    mutating func optional<Value>(
        _ name: String, _ read: (Field) throws -> Value
    ) throws -> Value? {
        guard let field = take(name) else { return nil }
        return try read(field)
    }

    func has(_ name: String) -> Bool { members.contains { $0.name == name } }

    /// Refuses what was not read, then tells of the ids that name nothing. To be called on the outermost reader.
    func finish() throws {
        try refuseOthers()
        if let error = unknown.first { throw error }
    }

    /// Refuses what was not read.
    func refuseOthers() throws {
        guard let index = taken.firstIndex(of: false) else { return }
        let name = members[index].name
        throw error(name, "is not known here")
    }

    func missing(_ name: String) -> EralinkError { error(name, "is missing") }

    func error(_ name: String, _ problem: String) -> EralinkError {
        .invalidParams(path.isEmpty ? name : "\(path).\(name)", problem)
    }

    private mutating func take(_ name: String) -> Field? {
        guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
        taken[index] = true
        return Field(value: members[index].value, name: name, parent: path, unknown: unknown)
    }
}

/// The first id of a request that is no id, kept until the rest of the request has proved valid.
final class UnknownNames {
    private(set) var first: EralinkError?

    func note(_ what: String, _ text: String) {
        if first == nil {
            first = EralinkError(.notFound, "there is no \(what) \"\(text)\"", details: [.init(what, text)])
        }
    }
}

extension EralinkError {
    /// `invalid_params` that names the member by its path.
    package static func invalidParams(_ member: String, _ problem: String) -> EralinkError {
        EralinkError(.invalidParams, "\(member) \(problem)", details: [.init("member", member)])
    }
}
