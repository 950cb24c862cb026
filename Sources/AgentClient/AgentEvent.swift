import JSON

/// One event as it came (agent-api.md, "Events").
package struct AgentEvent: Sendable, Equatable {
    /// The whole `params` object, as `eralink tail -o jsonl` shows it.
    package let params: JSONValue

    init(params: JSONValue) { self.params = params }

    package var type: String { params["type"]?.string ?? "" }
    /// Nil for events that are not replayed: typing, presence, draining.
    package var cursor: String? { params["cursor"]?.string }
    package var at: String { params["at"]?.string ?? "" }
    package var interaction: String? { params["interaction"]?.string }
    package var data: JSONValue { params["data"] ?? .null }
}

/// What a session asks for with `session.hello`.
package struct AgentHello: Sendable {
    /// Where to go on; nil starts at "now".
    package var cursor: String?
    package var exclusive: Bool
    /// Whose events to get too, as the `watch` object; nil for none.
    package var watch: JSONValue?
    package var client: String

    package init(
        cursor: String? = nil, exclusive: Bool = false, watch: JSONValue? = nil, client: String = "eralink"
    ) {
        self.cursor = cursor
        self.exclusive = exclusive
        self.watch = watch
        self.client = client
    }

    var params: JSONValue {
        var members = [JSONMember("client", .string(client))]
        if let cursor { members.append(JSONMember("cursor", .string(cursor))) }
        if exclusive { members.append(JSONMember("exclusive", .bool(true))) }
        if let watch { members.append(JSONMember("watch", watch)) }
        return .object(members)
    }
}
