import AgentProtocol
import Domain
import Postgres

extension IngestPlan {
    /// Statements, and where in their results the answers stand that somebody wants.
    struct Writes {
        var queries: [PostgresQuery] = []
        /// Rows of the inbox that are looked at again.
        var awakened: Int?
        /// The log's answer: last, under the log's lock.
        var events: Int?

        /// Returns where the query's result will be.
        @discardableResult
        mutating func add(_ query: PostgresQuery) -> Int {
            queries.append(query)
            return queries.count - 1
        }
    }

    /// The statements that carry the plan out, without those that would do nothing; the last one takes the log's lock, so
    /// COMMIT must follow in the same flush.
    func writes() -> Writes {
        var writes = Writes()
        if !newMessages.isEmpty { writes.add(insertMessages()) }
        if messages.values.contains(where: \.changed) { writes.add(updateMessages()) }
        if chats.values.contains(where: \.changed) { writes.add(updateInteractions()) }
        if customers.values.contains(where: \.changed) {
            writes.add(updateCustomers())
            writes.add(rememberPhones())
        }
        writes.add("DELETE FROM inbox WHERE id = ANY(\(taken))")
        if !deferred.isEmpty { writes.add("UPDATE inbox SET deferred = true WHERE id = ANY(\(deferred))") }
        if !awakened.isEmpty { writes.awakened = writes.add(.awaken(awakened.sorted())) }
        if !newFiles.isEmpty { writes.add(insertFiles()) }
        if !partExternals.isEmpty { writes.add(rememberParts()) }
        if !events.isEmpty { writes.events = writes.add(.append(events)) }
        return writes
    }

    private func rememberParts() -> PostgresQuery {
        """
        INSERT INTO part_external (customer_id, external_id, message_id)
        SELECT * FROM unnest(
            \(partExternals.map(\.key.customer.value)), \(partExternals.map(\.key.external)),
            \(partExternals.map(\.message.value)))
        ON CONFLICT DO NOTHING
        """
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
        var columns = RowColumns()
        columns.add("id", messages.map(\.id.value))
        columns.add("interaction_id", messages.map(\.interaction.value))
        columns.add("account_id", newMessages.map(\.account.value))
        columns.add("customer_id", newMessages.map(\.customer.value))
        columns.add("seq", messages.map(\.seq))
        columns.add("kind", messages.map(\.kind.rawValue))
        columns.add("content", messages.map(\.content).asTexts)
        columns.add("received_at", newMessages.map(\.receivedAt))
        columns.add(ifAny: "external_id", newMessages.map(\.externalID))
        columns.add(ifAny: "reply_to_id", messages.map { $0.replyTo?.id?.value })
        columns.add(ifAny: "reply_to_external", messages.map { $0.replyTo?.externalID })
        columns.add(ifAny: "reply_to_preview", messages.map { $0.replyTo?.preview })
        columns.add(ifAny: "forwarded_from", messages.map { $0.forwardedFrom?.stored })
        columns.add(ifAny: "album", messages.map(\.group))
        columns.add(ifAny: "start_payload", messages.map(\.startPayload))
        columns.add(ifAny: "provider_at", messages.map(\.providerAt))
        columns.add(ifAny: "edited_at", messages.map(\.editedAt))
        columns.add(ifAny: "file_id", newMessages.map(\.file?.value))
        return """
            INSERT INTO message (direction, at, state, \(unescaped: columns.names))
            SELECT 'in', \(now), 'received', \(unescaped: columns.names)
            FROM unnest(\(columns.arrays)) AS m (\(unescaped: columns.names))
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
}

extension PostgresQuery {
    /// What waits in these chats for a message is looked at again.
    static func awaken(_ keys: [InboxRow.ChatKey]) -> PostgresQuery {
        """
        UPDATE inbox SET deferred = false
        WHERE id = ANY(ARRAY(
            SELECT w.id FROM unnest(\(keys.map(\.account.value)), \(keys.map(\.chat))) AS k (account_id, chat)
            CROSS JOIN LATERAL (
                SELECT i.id FROM inbox i
                WHERE i.deferred AND NOT i.broken AND i.account_id = k.account_id AND i.chat = k.chat
                OFFSET 0) AS w))
        RETURNING id
        """
    }
}
