import AgentProtocol
import Domain
import Postgres

/// What `interactions.list` and `GET /v1/interactions` ask for.
package struct InteractionQuery: Sendable, Equatable {
    package var from: Timestamp?
    package var to: Timestamp?
    package var state: InteractionState?
    package var account: String?
    package var agent: String?
    /// Part of a customer's name, username, phone or external id.
    package var text: String?
    package var limit: Int
    package var page: PageToken?

    package init(
        from: Timestamp? = nil, to: Timestamp? = nil, state: InteractionState? = nil, account: String? = nil,
        agent: String? = nil, text: String? = nil, limit: Int, page: PageToken? = nil
    ) {
        self.from = from
        self.to = to
        self.state = state
        self.account = account
        self.agent = agent
        self.text = text
        self.limit = limit
        self.page = page
    }
}

extension Store {
    /// A page of interactions: newest first by the chat's last customer message before min(`to`, moment of the first page),
    /// then by id; chats without one last, by `created_at`. Nothing that happens meanwhile can move the order.
    package func interactions(
        _ query: InteractionQuery, for actor: Actor
    ) async throws(EralinkError) -> (items: [Listed], next: PageToken?) {
        try await asEralinkError { () async throws in
            let prepared = try await pool.batch([
                """
                SELECT clock_timestamp(), coalesce(array_agg(id ORDER BY id), '{}') FROM account
                WHERE (\(actor.grantedNames)::text[] IS NULL OR name = ANY(\(actor.grantedNames)::text[]))
                    AND (\(query.account)::text IS NULL OR name = \(query.account)::text)
                """
            ])[0][0]
            let (now, accounts) = try prepared.decode(Timestamp.self, [Int64].self)
            if let account = query.account, accounts.isEmpty {
                throw EralinkError.notFound("account \(account) does not exist")
            }
            let moment = query.page?.moment ?? min(query.to ?? now, now)
            var listing = Listing(query: query, accounts: accounts, moment: moment)
            if case .withMessages(let at, let id)? = query.page?.last { listing.after = (at, id) }
            var found: [(chat: ChatRow, key: Timestamp, hasMessages: Bool)] = []
            var startsWithout = false
            if case .without? = query.page?.last { startsWithout = true }
            if !startsWithout {
                for row in try await planned(listing.withMessages()) {
                    var columns = Columns(row)
                    let key: Timestamp = try columns.next()
                    found.append((try ChatRow(&columns), key, true))
                }
            }
            if found.count <= query.limit && query.from == nil {
                listing.after = nil
                if case .without(let created, let id)? = query.page?.last { listing.after = (created, id) }
                let rest = query.limit + 1 - found.count
                for row in try await planned(listing.withoutMessages(limit: rest)) {
                    var columns = Columns(row)
                    let key: Timestamp = try columns.next()
                    found.append((try ChatRow(&columns), key, false))
                }
            }
            let more = found.count > query.limit
            if more { found.removeLast(found.count - query.limit) }
            let items = found.map { found in
                let id = found.chat.interaction.id
                return Listed(
                    item: found.chat.interaction,
                    token: PageToken(
                        moment: moment,
                        last: found.hasMessages
                            ? .withMessages(at: found.key, id: id) : .without(createdAt: found.key, id: id)))
            }
            return (items, more ? items.last?.token : nil)
        }
    }
}

extension Store {
    /// One round trip, planned for these very arguments: how much of the history they ask for decides how it is best read.
    private func planned(_ query: PostgresQuery) async throws -> PostgresResult {
        try await pool.transaction { tx in
            try await tx.commit(after: ["SET LOCAL plan_cache_mode = force_custom_plan", query])[1]
        }
    }
}

/// A listed interaction, with the token of the page that begins after it.
package struct Listed: Sendable {
    package var item: Interaction
    package var token: PageToken
}

/// The statements of one listing.
private struct Listing {
    var query: InteractionQuery
    var accounts: [Int64]
    var moment: Timestamp
    var after: (at: Timestamp, id: InteractionID)?

    /// Chats by their last customer message, read from the newest message on: a message counts where no later one of its
    /// chat comes before the moment. Looked up message by message, which the planner cannot turn into a join of all with all.
    func withMessages() -> PostgresQuery {
        if query.agent != nil || query.state == .active || query.state == .waiting { return openChats() }
        return """
            SELECT x.at, \(unescaped: ChatRow.columns)
            FROM (
                SELECT f.at, f.interaction_id FROM unnest(\(accounts)) AS account (id)
                CROSS JOIN LATERAL (
                    SELECT m.at, m.interaction_id FROM message m
                    WHERE m.direction = 'in' AND m.account_id = account.id \(bounds)
                        AND (
                            SELECT n.seq FROM message n WHERE n.interaction_id = m.interaction_id AND n.direction = 'in'
                                AND n.seq > m.seq AND n.at < \(moment) ORDER BY n.seq LIMIT 1) IS NULL
                        AND (
                            SELECT i.id FROM interaction i JOIN customer c ON c.id = i.customer_id
                            WHERE i.id = m.interaction_id \(filters) LIMIT 1) IS NOT NULL
                    ORDER BY m.at DESC, m.interaction_id DESC LIMIT \(query.limit + 1)
                ) f
                ORDER BY f.at DESC, f.interaction_id DESC LIMIT \(query.limit + 1)
            ) x JOIN interaction i ON i.id = x.interaction_id
            JOIN customer c ON c.id = i.customer_id JOIN account a ON a.id = i.account_id
            ORDER BY x.at DESC, i.id DESC
            """
    }

    private var bounds: PostgresQuery {
        // The bounds on ids only spare looking into other months; an id's time is not quite its message's.
        var bounds: PostgresQuery =
            "AND m.at < \(moment) AND m.id <= message_id_at(\(moment)::timestamptz + interval '1 hour')"
        if let from = query.from {
            bounds.append(
                " AND m.at >= \(from) AND m.id >= message_id_at(\(from)::timestamptz - interval '1 hour')")
        }
        if let after { bounds.append(" AND (m.at, m.interaction_id) < (\(after.at), \(after.id))") }
        return bounds
    }

    /// The few chats that an agent serves, or that are open at all.
    private func openChats() -> PostgresQuery {
        """
        SELECT x.at, \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables)
        CROSS JOIN LATERAL (
            SELECT CASE WHEN i.last_customer_at < \(moment) THEN i.last_customer_at ELSE (
                SELECT max(m.at) FROM message m
                WHERE m.interaction_id = i.id AND m.direction = 'in' AND m.at < \(moment)) END AS at
        ) x
        WHERE i.account_id = ANY(\(accounts)) AND x.at IS NOT NULL \(filters) \(openBounds)
        ORDER BY x.at DESC, i.id DESC LIMIT \(query.limit + 1)
        """
    }

    private var openBounds: PostgresQuery {
        var bounds: PostgresQuery = ""
        if let from = query.from { bounds.append(" AND x.at >= \(from)") }
        if let after { bounds.append(" AND (x.at, i.id) < (\(after.at), \(after.id))") }
        return bounds
    }

    func withoutMessages(limit: Int) -> PostgresQuery {
        var bounds: PostgresQuery = ""
        if let after { bounds.append(" AND (i.created_at, i.id) < (\(after.at), \(after.id))") }
        return """
            SELECT i.created_at, \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables)
            WHERE i.account_id = ANY(\(accounts)) AND i.created_at < \(moment)
                AND (i.first_customer_at IS NULL OR i.first_customer_at >= \(moment)) \(filters) \(bounds)
            ORDER BY i.created_at DESC, i.id DESC LIMIT \(limit)
            """
    }

    private var filters: PostgresQuery {
        var filters: PostgresQuery = ""
        if let state = query.state { filters.append(" AND i.state = '\(unescaped: state.rawValue)'") }
        if let agent = query.agent { filters.append(" AND i.agent = \(agent)") }
        if let text = query.text {
            let pattern = "%" + text.replacing(/[%_\\]/) { "\\\($0.output)" } + "%"
            filters.append(
                """
                 AND (c.name ILIKE \(pattern) OR c.username ILIKE \(pattern) OR c.phone LIKE \(pattern)
                    OR c.external_id LIKE \(pattern))
                """)
        }
        return filters
    }
}
