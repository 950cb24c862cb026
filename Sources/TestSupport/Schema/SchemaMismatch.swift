import AgentProtocol
import JSON

/// An answer of a server that is not what the API's documents say of it.
package struct SchemaMismatch: Error, CustomStringConvertible {
    package let description: String

    /// Throws where the value is not one of the schema.
    package static func check(_ value: JSONValue, _ schema: Schema, _ what: String) throws {
        var check = SchemaCheck()
        let problems = check.problems(of: value, schema, at: what)
        if !problems.isEmpty {
            throw SchemaMismatch(description: "\(problems.joined(separator: "\n")) in \(text(value))")
        }
    }

    /// Throws where `/asyncapi.json` tells another of that method's results.
    package static func check(result: JSONValue, of method: String) throws {
        guard let known = AgentMethod(rawValue: method) else { return }
        try check(result, known.result, method)
    }

    /// Throws where `/asyncapi.json` tells another of such events; `event` is the notification's params.
    package static func check(event: JSONValue) throws {
        guard let type = event["type"]?.string, let known = EventType(rawValue: type) else {
            throw SchemaMismatch(description: "an event of no known type: \(text(event))")
        }
        try check(event, known.params, type)
    }

    /// Throws where `/openapi.json` does not tell of such an answer to a GET, or tells another.
    package static func check(
        _ service: RestOperation.Service, path: String, status: Int, type: String?, body: [UInt8]
    ) throws {
        let path = path.prefix { $0 != "?" }
        guard let operation = RestOperation.all(of: service).first(where: { $0.method == .get && $0.matches(path) })
        else { return }
        guard let answer = operation.answers.first(where: { $0.status == status }) else {
            throw SchemaMismatch(description: "\(operation.id) does not tell of status \(status)")
        }
        guard let documented = answer.body else { return }
        guard type?.hasPrefix(documented.type) == true else {
            throw SchemaMismatch(description: "\(operation.id) answers \(status) with \(type ?? "nothing")")
        }
        guard documented.type.hasSuffix("json"), let schema = documented.schema else { return }
        try check(try JSONValue(parsing: body), schema, "\(operation.id) \(status)")
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.jsonBytes, as: UTF8.self) }
}

extension RestOperation {
    /// Whether a path is one of this operation's.
    fileprivate func matches(_ path: Substring) -> Bool {
        let (ours, theirs) = (
            self.path.split(separator: "/"), path.split(separator: "/", omittingEmptySubsequences: true)
        )
        return ours.count == theirs.count && zip(ours, theirs).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
