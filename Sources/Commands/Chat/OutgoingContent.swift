import JSON

/// What is sent: kind, the kind's object and what may stand beside it, as the agent API takes them.
struct OutgoingContent: Sendable {
    var kind: String
    var body: JSONValue
    var keyboard: JSONValue?
    /// `strict` or `fallback`; nil leaves it to the server.
    var adapt: String?

    static func text(_ text: String) -> OutgoingContent {
        OutgoingContent(kind: "text", body: .members(["text": .string(text)]))
    }

    /// As members of a request's params.
    var members: [JSONMember] {
        let optional = [("keyboard", keyboard), ("adapt", adapt.map(JSONValue.string))]
        return [JSONMember("kind", .string(kind)), JSONMember(kind, body)]
            + optional.compactMap { name, value in value.map { JSONMember(name, $0) } }
    }
}

extension JSONValue {
    /// An object with further members.
    func with(_ members: [JSONMember]) -> JSONValue { .object((object ?? []) + members) }
}
