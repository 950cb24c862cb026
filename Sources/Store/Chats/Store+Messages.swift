import AgentProtocol
import Domain
import Postgres

extension Store {
    /// Up to `limit` messages on the bound's side nearest to it, ascending, and whether there are more beyond.
    package func messages(
        of id: InteractionID, _ bound: MessagesList.Bound, limit: Int, for actor: Actor
    ) async throws(EralinkError) -> (items: [Message], more: Bool) {
        try await asEralinkError { () async throws in
            let order: PostgresQuery =
                switch bound {
                case .none: "ORDER BY m.seq DESC LIMIT \(limit + 1)"
                case .before(let seq): "AND m.seq < \(seq) ORDER BY m.seq DESC LIMIT \(limit + 1)"
                case .after(let seq): "AND m.seq > \(seq) ORDER BY m.seq LIMIT \(limit + 1)"
                }
            let results = try await pool.batch([
                """
                SELECT i.read_seq, a.name FROM interaction i JOIN account a ON a.id = i.account_id WHERE i.id = \(id)
                """,
                // The bound on ids only spares looking into older months; an id may be a little older than its chat.
                """
                SELECT \(unescaped: Message.columns) FROM message m
                WHERE m.interaction_id = \(id) AND m.id >= (
                    SELECT message_id_at(created_at - interval '1 hour') FROM interaction WHERE id = \(id)) \(order)
                """,
            ])
            guard let row = results[0].first, case let (readSeq, account) = try row.decode(Int64.self, String.self),
                actor.isGranted(account)
            else { throw EralinkError.notFound("interaction \(id) does not exist") }
            var items = try results[1].map { row in
                var columns = Columns(row)
                return try Message(&columns, readSeq: readSeq)
            }
            let more = items.count > limit
            if more { items.removeLast() }
            switch bound {
            case .after: break
            case .none, .before: items.reverse()
            }
            return (items, more)
        }
    }

    /// Messages by their ids, as they are now.
    func messages(_ ids: [MessageID]) async throws -> [MessageID: Message] {
        if ids.isEmpty { return [:] }
        let result = try await pool.batch([
            """
            SELECT i.read_seq, \(unescaped: Message.columns) FROM message m JOIN interaction i ON i.id = m.interaction_id
            WHERE m.id = ANY(\(ids.map(\.value)))
            """
        ])[0]
        var messages: [MessageID: Message] = [:]
        for row in result {
            var columns = Columns(row)
            let readSeq: Int64 = try columns.next()
            let message = try Message(&columns, readSeq: readSeq)
            messages[message.id] = message
        }
        return messages
    }

    /// The interaction that a message belongs to, where the actor may see it.
    package func interactionOfMessage(_ id: MessageID, for actor: Actor) async throws(EralinkError) -> InteractionID {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                SELECT m.interaction_id FROM message m JOIN account a ON a.id = m.account_id
                WHERE m.id = \(id) AND (\(actor.grantedNames)::text[] IS NULL OR a.name = ANY(\(actor.grantedNames)::text[]))
                """
            ])[0]
            guard let row = result.first else { throw EralinkError.notFound("message \(id) does not exist") }
            return try row.value(at: 0)
        }
    }
}
