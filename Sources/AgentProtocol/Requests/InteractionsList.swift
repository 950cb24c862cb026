import Domain
import JSON

/// `interactions.list` and `GET /v1/interactions`
package struct InteractionsList: Sendable, Equatable {
    /// Chats with customer messages received in [from, to).
    package var from: Timestamp?
    package var to: Timestamp?
    package var state: InteractionState?
    package var account: String?
    package var agent: String?
    package var query: String?
    package var limit: Int
    package var page: PageToken?

    package init(
        from: Timestamp? = nil, to: Timestamp? = nil, state: InteractionState? = nil, account: String? = nil,
        agent: String? = nil, query: String? = nil, limit: Int = AgentLimits.pageDefault, page: PageToken? = nil
    ) {
        self.from = from
        self.to = to
        self.state = state
        self.account = account
        self.agent = agent
        self.query = query
        self.limit = limit
        self.page = page
    }

    init(_ params: inout ParamsReader) throws {
        from = try params.optional("from") { try $0.time() }
        to = try params.optional("to") { try $0.time() }
        state = try params.optional("state") { try $0.choice() }
        account = try params.optional("account") { try $0.account() }
        agent = try params.optional("agent") { try $0.agent() }
        query = try params.optional("query") { try $0.text(bytes: AgentLimits.shortTextBytes) }
        limit = try params.optional("limit") { try $0.integer(in: 1...AgentLimits.pageMax) } ?? AgentLimits.pageDefault
        page = try params.optional("page") { try $0.page() }
    }
}
