import AgentProtocol
import Domain
import Postgres

extension IngestPlan {
    /// Where the log's answer stands among the results of `writes()`: last, under the log's lock.
    var eventsIndex: Int { 6 }
    var awakenedIndex: Int { 5 }

    /// The statements that carry the plan out; the last one takes the log's lock, so COMMIT must follow in the same flush.
    func writes() -> [PostgresQuery] {
        [
            insertMessages(), updateMessages(), updateInteractions(), updateCustomers(), leaveInbox(), awaken(),
            .append(events),
        ]
    }

    func messageCounts() -> [IngestReport.Key: Int] {
        var counts: [IngestReport.Key: Int] = [:]
        for new in newMessages {
            guard let chat = chats[new.message.interaction] else { continue }
            counts[.init(account: chat.row.account.name, kind: new.message.kind), default: 0] += 1
        }
        return counts
    }

    private func insertMessages() -> PostgresQuery {
        let messages = newMessages.map(\.message)
        return """
            INSERT INTO message (id, interaction_id, account_id, customer_id, seq, direction, kind, content, external_id,
                reply_to_id, reply_to_external, reply_to_preview, forwarded_from, album, start_payload, at, received_at,
                provider_at, edited_at, state)
            SELECT id, interaction_id, account_id, customer_id, seq, 'in', kind, content, external_id, reply_to_id,
                reply_to_external, reply_to_preview, forwarded_from, album, start_payload, \(now), received_at, provider_at,
                edited_at, 'received'
            FROM unnest(
                \(messages.map(\.id.value)), \(messages.map(\.interaction.value)), \(newMessages.map(\.account.value)),
                \(newMessages.map(\.customer.value)), \(messages.map(\.seq)), \(messages.map(\.kind.rawValue)),
                \(messages.map(\.content).asTexts), \(newMessages.map(\.externalID)), \(messages.map { $0.replyTo?.id?.value }),
                \(messages.map { $0.replyTo?.externalID }), \(messages.map { $0.replyTo?.preview }),
                \(messages.map { $0.forwardedFrom?.stored }), \(messages.map(\.group)), \(messages.map(\.startPayload)),
                \(newMessages.map(\.receivedAt)), \(messages.map(\.providerAt)), \(messages.map(\.editedAt))
            ) AS m (id, interaction_id, account_id, customer_id, seq, kind, content, external_id, reply_to_id,
                reply_to_external, reply_to_preview, forwarded_from, album, start_payload, received_at, provider_at, edited_at)
            """
    }

    private func updateMessages() -> PostgresQuery {
        let changed = messages.values.filter(\.changed).sorted { $0.message.id < $1.message.id }
        let ids = changed.map(\.message.id.value)
        return """
            UPDATE message m SET kind = u.kind, content = u.content, edited_at = u.edited_at, external_id = u.external_id,
                state = u.state, parts = u.parts
            FROM unnest(
                \(ids), \(changed.map(\.message.kind.rawValue)), \(changed.map(\.message.content).asTexts),
                \(changed.map(\.message.editedAt)), \(changed.map(\.externalID)), \(changed.map(\.message.state.rawValue)),
                \(changed.map(\.message.storedParts))
            ) AS u (id, kind, content, edited_at, external_id, state, parts)
            WHERE m.id = u.id AND m.id = ANY(\(ids))
            """
    }

    private func updateInteractions() -> PostgresQuery {
        let changed = chats.values.filter(\.changed).map(\.row.interaction)
        return """
            UPDATE interaction i SET version = u.version, last_seq = u.last_seq, first_customer_at = u.first_customer_at,
                last_customer_at = u.last_customer_at
            FROM unnest(
                \(changed.map(\.id.value)), \(changed.map(\.version)), \(changed.map(\.lastSeq)),
                \(changed.map(\.firstCustomerAt)), \(changed.map(\.lastCustomerAt))
            ) AS u (id, version, last_seq, first_customer_at, last_customer_at)
            WHERE i.id = u.id
            """
    }

    private func updateCustomers() -> PostgresQuery {
        let changed = customers.values.filter(\.changed).map(\.customer)
        return """
            UPDATE customer c SET name = u.name, username = u.username, language = u.language, blocked = u.blocked
            FROM unnest(
                \(changed.map(\.id.value)), \(changed.map(\.name)), \(changed.map(\.username)), \(changed.map(\.language)),
                \(changed.map(\.blocked))
            ) AS u (id, name, username, language, blocked)
            WHERE c.id = u.id
            """
    }

    private func leaveInbox() -> PostgresQuery {
        """
        WITH gone AS (DELETE FROM inbox WHERE id = ANY(\(taken)))
        UPDATE inbox SET deferred = true WHERE id = ANY(\(deferred))
        """
    }

    private func awaken() -> PostgresQuery {
        let keys = awakened.sorted()
        return """
            UPDATE inbox i SET deferred = false
            FROM unnest(\(keys.map(\.account.value)), \(keys.map(\.chat))) AS k (account_id, chat)
            WHERE i.deferred AND NOT i.broken AND i.account_id = k.account_id AND i.chat = k.chat
            """
    }
}
