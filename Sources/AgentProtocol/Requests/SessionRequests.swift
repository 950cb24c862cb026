import Domain
import JSON

/// `session.hello`
package struct SessionHello: Sendable, Equatable {
    /// Nil where the header brings it.
    package var token: Secret?
    /// What the client calls itself.
    package var client: String?
    /// Nil: the session starts at "now".
    package var cursor: SessionStart?
    package var exclusive: Bool
    package var watch: WatchFilter?

    init(_ params: inout ParamsReader) throws {
        token = try params.optional("token") { Secret(try $0.token(bytes: AgentLimits.shortTextBytes)) }
        client = try params.optional("client") { try $0.string(bytes: AgentLimits.shortTextBytes) }
        cursor = try params.optional("cursor") { try $0.start() }
        exclusive = try params.optional("exclusive") { try $0.bool() } ?? false
        watch = try params.optional("watch") { try $0.object { try WatchFilter(&$0) } }
    }
}

/// `session.ack`
package struct SessionAck: Sendable, Equatable {
    package var cursor: Cursor

    init(_ params: inout ParamsReader) throws {
        cursor = try params.required("cursor") { try $0.cursor() }
    }
}

/// `presence.set`
package struct PresenceSet: Sendable, Equatable {
    package var state: PresenceState
    package var reason: String?

    init(_ params: inout ParamsReader) throws {
        state = try params.required("state") { try $0.choice() }
        reason = try params.optional("reason") { try $0.string(bytes: AgentLimits.shortTextBytes) }
    }
}

/// Whose events a supervisor sees beside the own ones: `watch.start`, `watch.stop` and `watch` of `session.hello`.
package struct WatchFilter: Sendable, Equatable {
    package var accounts: [String]
    package var interactions: [InteractionID]
    package var agents: [String]

    package init(accounts: [String] = [], interactions: [InteractionID] = [], agents: [String] = []) {
        self.accounts = accounts
        self.interactions = interactions
        self.agents = agents
    }

    package var isEmpty: Bool { accounts.isEmpty && interactions.isEmpty && agents.isEmpty }

    init(_ params: inout ParamsReader) throws {
        let limit = AgentLimits.watchCount
        accounts = try params.optional("accounts") { try $0.elements(atMost: limit) { try $0.account() } } ?? []
        interactions = try params.optional("interactions") { try $0.elements(atMost: limit) { try $0.id() } } ?? []
        agents = try params.optional("agents") { try $0.elements(atMost: limit) { try $0.agent() } } ?? []
    }
}
