import AgentProtocol
import Domain
import Postgres

/// A message after a change of its parts, with the events that the change wrote.
package struct MessageReceipt: Sendable {
    package var message: Message
    package var account: String
    package var events: [EventRecord]
}

extension Store {
    /// Takes back a message of which nothing has been sent. A part that is `sending` makes it a conflict.
    package func cancel(_ id: MessageID, by actor: Actor) async throws(EralinkError) -> MessageReceipt {
        try await changeParts(of: id, by: actor) { tx, chat, message, now in
            let left = try await tx.batch([
                "SELECT part::int, state FROM outbox WHERE message_id = \(id) ORDER BY id FOR UPDATE",
                "DELETE FROM outbox WHERE message_id = \(id) AND state = 'queued' RETURNING part::int",
            ])
            let sending = try left[0].contains { row in try row.value(at: 1, as: DeliveryState.self) == .sending }
            let cancelled = Set(try left[1].values(Int.self))
            guard !sending, !cancelled.isEmpty else {
                throw EralinkError(
                    .conflict,
                    sending ? "message \(id) is being sent now" : "message \(id) is \(message.state.rawValue) already",
                    details: [.init("state", sending ? DeliveryState.sending.rawValue : message.state.rawValue)])
            }
            message.setParts(cancelled, to: .cancelled, at: now)
            return []
        }
    }

    /// Puts the parts that failed, expired, are unknown or were cancelled back into the queue: the only way back.
    package func retry(_ id: MessageID, by actor: Actor) async throws(EralinkError) -> MessageReceipt {
        try await changeParts(of: id, by: actor) { tx, chat, message, now in
            let over = Set(message.parts.filter(\.state.isExit).map(\.number))
            guard !over.isEmpty else {
                throw EralinkError(
                    .conflict,
                    "message \(id) is \(message.state.rawValue); only what failed, expired, is unknown or was "
                        + "cancelled can be retried",
                    details: [.init("state", message.state.rawValue)])
            }
            if chat.interaction.customer.blocked {
                throw EralinkError(.customerBlocked, "the customer has blocked this account")
            }
            if message.deletedAt != nil {
                throw EralinkError(.conflict, "message \(id) is deleted", details: [.init("state", "deleted")])
            }
            message.setParts(over, to: .queued, at: now)
            let kept = try await tx.keptParts(of: id)
            let again = message
            return [
                .insertParts(
                    over.sorted().map { number in
                        OutboxInsert(
                            chat: chat, message: again, part: number, stored: kept[number] ?? StoredPart(again),
                            lane: .live)
                    })
            ]
        }
    }

    private typealias PartsChange =
        @Sendable (
            PostgresTransaction, ChatRow, inout Message, Timestamp
        ) async throws -> [PostgresQuery]

    private func changeParts(
        of id: MessageID, by actor: Actor, _ change: PartsChange
    ) async throws(EralinkError) -> MessageReceipt {
        let interaction = try await interactionOfMessage(id, for: actor)
        return try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let locked = try await lockChat(interaction, for: actor, in: tx)
                let result = try await tx.query(
                    "SELECT \(unescaped: Message.columns) FROM message m WHERE m.id = \(id)")
                guard let row = result.first else { throw EralinkError.notFound("message \(id) does not exist") }
                var columns = Columns(row)
                var message = try Message(&columns, readSeq: locked.chat.readSeq)
                guard message.direction == .outgoing else {
                    throw EralinkError(
                        .conflict, "message \(id) is the customer's", details: [.init("state", message.state.rawValue)])
                }
                guard
                    message.agent == actor.name || locked.chat.interaction.agent == actor.name || actor.isSupervisor
                else { throw EralinkError(.forbidden, "message \(id) is not yours") }
                let more = try await change(tx, locked.chat, &message, locked.now)
                let events = [locked.chat.statusEvent(message)]
                let results = try await tx.commit(
                    after: [
                        """
                        UPDATE message SET state = \(message.state), parts = \(message.storedParts) WHERE id = \(id)
                        """,
                        .append(events),
                    ] + more)
                return MessageReceipt(
                    message: message, account: locked.chat.account.name, events: try events.records(from: results[1]))
            }
        }
    }

    /// Marks the customer's messages up to `seq` as read by the agent's side, and at the messenger where the channel can.
    package func markRead(
        _ id: InteractionID, upTo seq: Int64, by actor: Actor, over table: @escaping ChannelTable = { _ in nil }
    ) async throws(EralinkError) -> [EventRecord] {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let locked = try await lockChat(id, for: actor, in: tx)
                guard seq <= locked.chat.interaction.lastSeq else {
                    throw EralinkError(
                        .invalidParams, "seq \(seq) is past last_seq \(locked.chat.interaction.lastSeq)",
                        details: [.init("member", "seq")])
                }
                guard seq > locked.chat.readSeq else { return [] }
                // Coalesced: a status for each of the newest messages, not for thousands.
                let result = try await tx.query(
                    """
                    SELECT \(unescaped: Message.columns) FROM message m
                    WHERE m.interaction_id = \(id) AND m.direction = 'in' AND m.seq > \(locked.chat.readSeq) AND m.seq <= \(seq)
                    ORDER BY m.seq DESC LIMIT 200
                    """)
                let events = try result.reversed().map { row in
                    var columns = Columns(row)
                    return locked.chat.statusEvent(try Message(&columns, readSeq: seq))
                }
                let tells = table(locked.chat.account)?.readMark == true
                let marks = tells ? PostgresQuery.markRead(locked.chat, upTo: seq) : []
                let results = try await tx.commit(
                    after: ["UPDATE interaction SET read_seq = \(seq) WHERE id = \(id)"] + marks + [.append(events)])
                return try events.records(from: results[1 + marks.count])
            }
        }
    }

    /// Lets the connector show the customer that the agent types; returns the account whose outbox bell is to be rung.
    package func setTyping(_ id: InteractionID, on: Bool, by actor: Actor) async throws(EralinkError) -> String {
        let interaction = try await interaction(id, for: actor)
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                """
                INSERT INTO typing (account_id, chat, until)
                SELECT a.id, \(interaction.customer.externalID), clock_timestamp() + interval '5 seconds'
                FROM account a WHERE a.name = \(interaction.account) AND \(on)
                ON CONFLICT (account_id, chat) DO UPDATE SET until = excluded.until
                """
            ])
        }
        return interaction.account
    }
}

extension Message {
    fileprivate mutating func setParts(_ numbers: Set<Int>, to state: DeliveryState, at: Timestamp) {
        for index in parts.indices where numbers.contains(parts[index].number) {
            parts[index].state = state
            parts[index].at = at
            parts[index].reason = nil
        }
        self.state = DeliveryState.ofMessage(parts: parts.map(\.state))
        reason = parts.first { $0.state == self.state && $0.reason != nil }?.reason
    }
}

extension PostgresQuery {
    /// The newest of the customer's messages stands for all before it; a mark that still waits is not needed any more.
    fileprivate static func markRead(_ chat: ChatRow, upTo seq: Int64) -> [PostgresQuery] {
        let customer = chat.interaction.customer
        return [
            """
            DELETE FROM action
            WHERE account_id = \(chat.account.id) AND chat = \(customer.externalID) AND kind = 'read' AND state = 'queued'
            """,
            """
            INSERT INTO action (account_id, chat, kind, message_id, external_id, expires_at)
            SELECT \(chat.account.id), \(customer.externalID), 'read', m.id, m.external_id,
                clock_timestamp() + interval '10 minutes'
            FROM message m
            WHERE m.interaction_id = \(chat.interaction.id) AND m.direction = 'in' AND m.seq <= \(seq)
                AND m.external_id IS NOT NULL
            ORDER BY m.seq DESC LIMIT 1
            """,
        ]
    }
}
