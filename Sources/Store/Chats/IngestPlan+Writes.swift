import AgentProtocol
import Domain
import Postgres

extension IngestPlan {
    /// Where the log's answer stands among the results of `writes()`: last, under the log's lock.
    var eventsIndex: Int { 8 }
    var awakenedIndex: Int { 5 }

    /// The statements that carry the plan out; the last one takes the log's lock, so COMMIT must follow in the same flush.
    func writes() -> [PostgresQuery] {
        [
            insertMessages(), updateMessages(), updateInteractions(), updateCustomers(), leaveInbox(), awaken(),
            insertFiles(), rememberPhones(), .append(events),
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
                provider_at, edited_at, file_id, state)
            SELECT id, interaction_id, account_id, customer_id, seq, 'in', kind, content, external_id, reply_to_id,
                reply_to_external, reply_to_preview, forwarded_from, album, start_payload, \(now), received_at, provider_at,
                edited_at, file_id, 'received'
            FROM unnest(
                \(messages.map(\.id.value)), \(messages.map(\.interaction.value)), \(newMessages.map(\.account.value)),
                \(newMessages.map(\.customer.value)), \(messages.map(\.seq)), \(messages.map(\.kind.rawValue)),
                \(messages.map(\.content).asTexts), \(newMessages.map(\.externalID)), \(messages.map { $0.replyTo?.id?.value }),
                \(messages.map { $0.replyTo?.externalID }), \(messages.map { $0.replyTo?.preview }),
                \(messages.map { $0.forwardedFrom?.stored }), \(messages.map(\.group)), \(messages.map(\.startPayload)),
                \(newMessages.map(\.receivedAt)), \(messages.map(\.providerAt)), \(messages.map(\.editedAt)),
                \(newMessages.map(\.file?.value))
            ) AS m (id, interaction_id, account_id, customer_id, seq, kind, content, external_id, reply_to_id,
                reply_to_external, reply_to_preview, forwarded_from, album, start_payload, received_at, provider_at, edited_at,
                file_id)
            """
    }

    private func updateMessages() -> PostgresQuery {
        let changed = messages.values.filter(\.changed).sorted { $0.message.id < $1.message.id }
        let ids = changed.map(\.message.id.value)
        return """
            UPDATE message m SET kind = u.kind, content = u.content, edited_at = u.edited_at, external_id = u.external_id,
                state = u.state, parts = u.parts, file_id = u.file_id
            FROM unnest(
                \(ids), \(changed.map(\.message.kind.rawValue)), \(changed.map(\.message.content).asTexts),
                \(changed.map(\.message.editedAt)), \(changed.map(\.externalID)), \(changed.map(\.message.state.rawValue)),
                \(changed.map(\.message.storedParts)), \(changed.map(\.file?.value))
            ) AS u (id, kind, content, edited_at, external_id, state, parts, file_id)
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
        let states = customers.values.filter(\.changed)
        let changed = states.map(\.customer)
        return """
            UPDATE customer c SET name = u.name, username = u.username, language = u.language, blocked = u.blocked,
                phone = u.phone, avatar = u.avatar, avatar_source = u.avatar_source
            FROM unnest(
                \(changed.map(\.id.value)), \(changed.map(\.name)), \(changed.map(\.username)), \(changed.map(\.language)),
                \(changed.map(\.blocked)), \(changed.map(\.phone)), \(changed.map(\.avatar?.value)),
                \(states.map(\.avatarSource))
            ) AS u (id, name, username, language, blocked, phone, avatar, avatar_source)
            WHERE c.id = u.id
            """
    }

    /// A number belongs to whom the messenger named with it last.
    private func rememberPhones() -> PostgresQuery {
        var owners: [PhoneKey: CustomerID] = [:]
        for state in customers.values where state.changed {
            if let phone = state.customer.phone {
                owners[PhoneKey(account: state.account, phone: phone)] = state.customer.id
            }
        }
        let keys = owners.keys.sorted()
        return """
            INSERT INTO customer_phone (account_id, phone, customer_id)
            SELECT account_id, phone, customer_id FROM unnest(
                \(keys.map(\.account.value)), \(keys.map(\.phone)), \(keys.map { owners[$0]?.value })
            ) AS p (account_id, phone, customer_id)
            ON CONFLICT (account_id, phone) DO UPDATE SET customer_id = excluded.customer_id, at = now()
            WHERE customer_phone.customer_id <> excluded.customer_id
            """
    }

    private struct PhoneKey: Hashable, Comparable {
        var account: AccountID
        var phone: String

        static func < (a: Self, b: Self) -> Bool { (a.account, a.phone) < (b.account, b.phone) }
    }

    private func insertFiles() -> PostgresQuery {
        let files = newFiles.map(\.announced)
        return """
            INSERT INTO file (id, account_id, role, chat, state, name, mime, size, width, height, reason_code, reason_text,
                source, source_key)
            SELECT * FROM unnest(
                \(files.map(\.id.value)), \(newFiles.map(\.key.account.value)), \(newFiles.map(\.role)),
                \(newFiles.map(\.key.chat)), \(files.map(\.state.rawValue)), \(files.map(\.file.name)), \(files.map(\.file.mime)),
                \(files.map(\.file.size)), \(files.map(\.width)), \(files.map(\.height)),
                \(files.map(\.file.refusal?.code)), \(files.map(\.file.refusal?.text)), \(files.map(\.file.source)),
                \(files.map(\.file.uniqueKey)))
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
