import Domain
import Postgres

/// What an erasure removed, table by table: what a customer can be shown.
package struct ErasureReceipt: Sendable, Equatable {
    package var customer: CustomerID
    package var account: String
    package var at: Timestamp
    /// Rows that are gone, by what they were, in the order in which they are told.
    package var removed: [Removed]

    package struct Removed: Sendable, Equatable {
        package var what: String
        package var rows: Int
    }
}

extension Store {
    /// Removes everything that is known of a customer, with a line in the audit trail that names no more than the id.
    ///
    /// The event log is cleaned first and without locks, since it may be long; then everything else and what was logged
    /// meanwhile, in one short transaction. So it can be repeated after a failure, and an interrupted one has not half happened.
    /// What remains are keys of replays (`seen`), which expire within 30 days and cannot be told by customer.
    ///
    /// Throws `conflict` while a chat of theirs is open: an agent has it on the screen.
    package func erase(_ id: CustomerID, by actor: String) async throws(EralinkError) -> ErasureReceipt {
        try await asEralinkError { () async throws in
            let before = try await pool.batch([
                "SELECT coalesce(max(position), 0) FROM event",
                "SELECT coalesce(array_agg(id), '{}') FROM interaction WHERE customer_id = \(id)",
                "SELECT id FROM interaction WHERE customer_id = \(id) AND state <> 'closed'",
            ])
            // Before anything is removed; looked at again under the lock.
            if let row = before[2].first { throw EralinkError.openChat(try row.value(at: 0)) }
            let position: Int64 = try before[0][0].value(at: 0)
            let events = try await pool.batch(
                [.deleteEvents(of: id, chats: try before[1][0].value(at: 0), after: 0)], deadline: .unlimited)
            let logged = events[0].affected
            return try await pool.transaction { tx in
                let locked = try await tx.batch([
                    """
                    SELECT a.name, clock_timestamp() FROM customer c JOIN account a ON a.id = c.account_id
                    WHERE c.id = \(id) FOR UPDATE OF c
                    """,
                    "SELECT id, state FROM interaction WHERE customer_id = \(id) ORDER BY id FOR UPDATE",
                ])
                guard let row = locked[0].first else { throw EralinkError.noCustomer(.id(id)) }
                let (account, now) = try row.decode(String.self, Timestamp.self)
                var chats: [Int64] = []
                for row in locked[1] {
                    let (chat, state) = try row.decode(Int64.self, InteractionState.self)
                    guard state == .closed else { throw EralinkError.openChat(chat) }
                    chats.append(chat)
                }
                let steps = Self.erasure(of: id, chats: chats, eventsAfter: position)
                let results = try await tx.batch(steps.map(\.query), deadline: .unlimited)
                var removed: [ErasureReceipt.Removed] = []
                for (step, result) in zip(steps, results) {
                    let rows = result.affected + (step.what == "events" ? logged : 0)
                    if let index = removed.firstIndex(where: { $0.what == step.what }) {
                        removed[index].rows += rows
                    } else {
                        removed.append(.init(what: step.what, rows: rows))
                    }
                }
                let counts = Dictionary(
                    removed.map { ($0.what, String($0.rows)) }, uniquingKeysWith: { first, _ in first })
                _ = try await tx.commit(after: [.audit(actor, "customer.erase", id.description, counts)])
                return ErasureReceipt(customer: id, account: account, at: now, removed: removed)
            }
        }
    }

    /// The steps in an order in which each still finds its rows.
    private static func erasure(
        of id: CustomerID, chats: [Int64], eventsAfter position: Int64
    ) -> [(what: String, query: PostgresQuery)] {
        let messages: PostgresQuery = "SELECT m.id FROM message m WHERE m.interaction_id = ANY(\(chats))"
        let chat: PostgresQuery = "SELECT c.account_id, c.external_id FROM customer c WHERE c.id = \(id)"
        return [
            ("events", .deleteEvents(of: id, chats: chats, after: position)),
            ("incoming_queue", "DELETE FROM inbox WHERE (account_id, chat) IN (\(chat))"),
            (
                "outgoing_queue",
                "DELETE FROM outbox WHERE (account_id, chat) IN (\(chat)) OR message_id IN (\(messages))"
            ),
            (
                "outgoing_queue",
                "DELETE FROM action WHERE (account_id, chat) IN (\(chat)) OR message_id IN (\(messages))"
            ),
            ("outgoing_queue", "DELETE FROM typing WHERE (account_id, chat) IN (\(chat))"),
            ("attempts", "DELETE FROM attempt WHERE message_id IN (\(messages))"),
            ("idempotency_keys", "DELETE FROM msg_key WHERE message_id IN (\(messages))"),
            ("file_chunks", "DELETE FROM file_chunk WHERE file_id IN (\(.files(ofCustomer: id)))"),
            ("files", "DELETE FROM file WHERE id IN (\(.files(ofCustomer: id)))"),
            ("messages", "DELETE FROM message_part WHERE message_id IN (\(messages))"),
            ("messages", "DELETE FROM part_external WHERE customer_id = \(id)"),
            ("messages", "DELETE FROM message WHERE interaction_id = ANY(\(chats))"),
            ("chats", "DELETE FROM interaction WHERE customer_id = \(id)"),
            ("phones", "DELETE FROM customer_phone WHERE customer_id = \(id)"),
            ("customer", "DELETE FROM customer WHERE id = \(id)"),
        ]
    }
}

extension EralinkError {
    fileprivate static func openChat(_ chat: Int64) -> EralinkError {
        EralinkError(
            .conflict,
            "the customer's chat \(chat) is open; close it first with \"eralink interactions close \(chat)\", or use --close",
            details: [.init("interaction", String(chat))])
    }
}

extension PostgresQuery {
    /// Events of a customer's chats, and those about the customer without a chat.
    fileprivate static func deleteEvents(of id: CustomerID, chats: [Int64], after position: Int64) -> PostgresQuery {
        """
        DELETE FROM event WHERE position > \(position) AND (interaction_id = ANY(\(chats))
            OR (interaction_id IS NULL AND type = 'customer.updated' AND data LIKE \("{\"id\":\"\(id)\",%"))
            OR (interaction_id IS NULL AND type = 'file.updated' AND substring(data FROM '"file":"([0-9]+)"') IN (
                SELECT id::text FROM file WHERE id IN (\(.files(ofCustomer: id))))))
        """
    }
}
