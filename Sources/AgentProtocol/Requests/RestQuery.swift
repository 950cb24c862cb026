import Domain
import JSON

/// The queries of REST are the params of the methods that they mirror: the same readers, limits and errors.
package enum RestQuery {
    /// `GET /v1/interactions`: `from` and `to` are both required.
    package static func interactions(_ query: [(name: String, value: String)]) throws(EralinkError) -> InteractionsList
    {
        let list = try AgentRequest.read(try members(query)) { try InteractionsList(&$0) }
        guard list.from != nil else { throw .invalidParams("from", "is missing") }
        guard list.to != nil else { throw .invalidParams("to", "is missing") }
        return list
    }

    /// `GET /v1/interactions/{id}`
    package static func interaction(
        id: String, _ query: [(name: String, value: String)]
    ) throws(EralinkError) -> InteractionID {
        try AgentRequest.read(try members(query, path: ("interaction", id))) {
            try $0.required("interaction") { try $0.id() }
        }
    }

    /// `GET /v1/interactions/{id}/messages`
    package static func messages(
        interaction: String, _ query: [(name: String, value: String)]
    ) throws(EralinkError) -> MessagesList {
        try AgentRequest.read(try members(query, path: ("interaction", interaction))) { try MessagesList(&$0) }
    }

    /// `GET /v1/capabilities`
    package static func capabilities(_ query: [(name: String, value: String)]) throws(EralinkError) -> CapabilitiesGet {
        try AgentRequest.read(try members(query)) { try CapabilitiesGet(&$0) }
    }

    private static func members(
        _ query: [(name: String, value: String)], path: (name: String, value: String)? = nil
    ) throws(EralinkError) -> [JSONMember] {
        var members: [JSONMember] = []
        if let path { members.append(JSONMember(path.name, .string(path.value))) }
        for (name, value) in query {
            if members.contains(where: { $0.name == name }) {
                throw .invalidParams(name, name == path?.name ? "is not known here" : "stands twice")
            }
            guard !value.utf8.contains(0) else { throw .invalidParams(name, "holds U+0000, which cannot be kept") }
            members.append(JSONMember(name, json(name, value)))
        }
        return members
    }

    /// Text, but for numbers, which a query writes as text too; what is no number stays text, of the wrong type.
    private static func json(_ name: String, _ value: String) -> JSONValue {
        guard ["limit", "after_seq", "before_seq"].contains(name), let number = Int64(value) else {
            return .string(value)
        }
        return .number(number)
    }
}
