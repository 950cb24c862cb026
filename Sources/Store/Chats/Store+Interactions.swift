import AgentProtocol
import Domain
import Postgres

/// An interaction after a change, with the events that the change wrote.
package struct InteractionReceipt: Sendable {
    package var interaction: Interaction
    /// From here on every message after `interaction.lastSeq` comes as an event.
    package var position: Int64
    package var events: [EventRecord]
}

/// What an agent does to an interaction.
package enum InteractionChange: Sendable, Equatable {
    case accept
    case release(note: String?)
    case transfer(to: String, note: String?)
    case close(note: String?)
}

extension Store {
    /// Applies one change under the interaction's lock, if `version` is still its version.
    package func change(
        _ id: InteractionID, version: Int64, by actor: Actor, _ change: InteractionChange
    ) async throws(EralinkError) -> InteractionReceipt {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let locked = try await lockChat(id, for: actor, in: tx)
                let chat = locked.chat
                if case .transfer(let to, _) = change {
                    guard try await isAgent(to, grantedTo: chat.account.name, in: tx) else {
                        throw EralinkError.notFound("agent \(to) does not exist or is not granted \(chat.account.name)")
                    }
                }
                var plan = InteractionPlan(chat: chat, now: locked.now, freshID: locked.freshID)
                guard try plan.apply(change, version: version, by: actor) else {
                    return InteractionReceipt(interaction: chat.interaction, position: locked.position, events: [])
                }
                let results = try await tx.commit(after: plan.writes())
                let events = try plan.events.records(from: results[plan.eventsIndex])
                return InteractionReceipt(
                    interaction: plan.chat.interaction, position: events.last?.position ?? locked.position,
                    events: events)
            }
        }
    }

    struct LockedChat: Sendable {
        var chat: ChatRow
        var now: Timestamp
        /// The log's last committed position, read while the lock was held.
        var position: Int64
        var freshID: MessageID
    }

    func lockChat(
        _ id: InteractionID, for actor: Actor, in tx: PostgresTransaction
    ) async throws -> LockedChat {
        let results = try await tx.batch([
            """
            SELECT \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables) WHERE i.id = \(id) FOR UPDATE OF i
            """,
            .logPosition,
        ])
        guard let row = results[0].first else { throw EralinkError.notFound("interaction \(id) does not exist") }
        let chat = try ChatRow(row)
        guard actor.isGranted(chat.account.name) else {
            throw EralinkError.notFound("interaction \(id) does not exist")
        }
        var columns = Columns(results[1][0])
        return LockedChat(
            chat: chat, now: try columns.next(), position: try columns.next(), freshID: try columns.next())
    }

    private func isAgent(_ name: String, grantedTo account: String, in tx: PostgresTransaction) async throws -> Bool {
        let result = try await tx.query(
            """
            SELECT 1 FROM token WHERE name = \(name) AND revoked_at IS NULL
                AND (expires_at IS NULL OR expires_at > clock_timestamp()) AND (accounts IS NULL OR \(account) = ANY(accounts))
            LIMIT 1
            """)
        return !result.isEmpty
    }

    package func interaction(_ id: InteractionID, for actor: Actor) async throws(EralinkError) -> Interaction {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                "SELECT \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables) WHERE i.id = \(id)"
            ])[0]
            guard let row = result.first, case let chat = try ChatRow(row), actor.isGranted(chat.account.name) else {
                throw EralinkError.notFound("interaction \(id) does not exist")
            }
            return chat.interaction
        }
    }
}

extension PostgresQuery {
    /// The database's time, the log's last committed position, and a fresh message id.
    static var logPosition: PostgresQuery {
        """
        SELECT clock_timestamp(), coalesce((SELECT position FROM event ORDER BY position DESC LIMIT 1), 0),
            next_message_id(clock_timestamp())
        """
    }
}
