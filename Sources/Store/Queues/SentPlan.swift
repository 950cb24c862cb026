import AgentProtocol
import Domain
import JSON
import Postgres

/// Decides what parts that were sent do to their messages and the event log. Pure: what is locked in, writes and events out.
struct SentPlan {
    struct Chat: Sendable {
        var agent: String?
        var accountName: String
    }

    struct Sent: Sendable {
        var message: Message
        var externalID: String?
        var changed = false
    }

    var account: AccountID
    var now: Timestamp
    var chats: [InteractionID: Chat]
    var messages: [MessageID: Sent]

    private var parts: [(id: Int64, attempt: Int64)] = []
    private var events: [EventDraft] = []
    /// Chats in which a message became known by its external id: what waited for it is looked up again.
    private var awakened: Set<InboxRow.ChatKey> = []

    init(account: AccountID, now: Timestamp, chats: [InteractionID: Chat], messages: [MessageID: Sent]) {
        self.account = account
        self.now = now
        self.chats = chats
        self.messages = messages
    }

    mutating func take(_ record: AttemptRecord) {
        parts.append((record.part, record.attempt))
        // The history may have been erased meanwhile.
        guard var sent = messages[record.message] else { return }
        let report = PartReport(
            number: record.partNumber, state: .sent, externalID: record.externalID, attempts: record.number, at: now,
            reason: record.reason)
        guard let change = sent.message.take(report) else { return }
        if change.named {
            if record.partNumber == 1 { sent.externalID = record.externalID }
            awakened.insert(.init(account: account, chat: record.chat))
        }
        sent.changed = true
        messages[record.message] = sent
        guard change.moved, let chat = chats[sent.message.interaction] else { return }
        events.append(
            EventDraft(
                type: .messageStatus, account: account, accountName: chat.accountName,
                interaction: sent.message.interaction, agent: chat.agent, sender: sent.message.agent,
                data: MessageStatus(sent.message).jsonBytes))
    }

    func add(to writes: inout OutcomeWrites) {
        writes.add(
            """
            DELETE FROM outbox b USING unnest(\(parts.map(\.id)), \(parts.map(\.attempt))) AS r (id, attempt)
            WHERE b.id = r.id AND (b.attempt = r.attempt OR b.state = 'queued')
            """)
        let changed = messages.values.filter(\.changed).sorted { $0.message.id < $1.message.id }
        if !changed.isEmpty {
            let ids = changed.map(\.message.id.value)
            writes.add(
                """
                UPDATE message m SET external_id = u.external_id, state = u.state, parts = u.parts
                FROM unnest(
                    \(ids), \(changed.map(\.externalID)), \(changed.map(\.message.state.rawValue)),
                    \(changed.map(\.message.storedParts))
                ) AS u (id, external_id, state, parts)
                WHERE m.id = u.id AND m.id = ANY(\(ids))
                """)
        }
        if !awakened.isEmpty { writes.awakened = writes.add(.awaken(awakened.sorted())) }
        if !events.isEmpty { writes.log = writes.add(.append(events)) }
    }
}

extension Store {
    /// Locks and reads the messages, after their chats: those who change a chat's agent wait, those who write into it do not.
    func loadSentPlan(
        _ records: [AttemptRecord], account: AccountID, in tx: PostgresTransaction
    ) async throws -> SentPlan {
        let ids = Set(records.map(\.message.value)).sorted()
        let results = try await tx.batch([
            """
            SELECT i.id, CASE i.state WHEN 'closed' THEN coalesce(i.agent, i.last_agent) ELSE i.agent END, a.name,
                clock_timestamp()
            FROM interaction i JOIN account a ON a.id = i.account_id
            WHERE i.id = ANY(ARRAY(SELECT m.interaction_id FROM message m WHERE m.id = ANY(\(ids))))
            ORDER BY i.id FOR KEY SHARE OF i
            """,
            """
            SELECT m.id, m.interaction_id, m.seq, m.kind, m.at, m.state, m.agent, m.external_id, m.parts
            FROM message m WHERE m.id = ANY(\(ids)) ORDER BY m.id FOR NO KEY UPDATE OF m
            """,
        ])
        var now = Timestamp.now
        var chats: [InteractionID: SentPlan.Chat] = [:]
        for row in results[0] {
            var columns = Columns(row)
            let id: InteractionID = try columns.next()
            chats[id] = SentPlan.Chat(agent: try columns.next(), accountName: try columns.next())
            now = try columns.next()
        }
        var messages: [MessageID: SentPlan.Sent] = [:]
        for row in results[1] {
            var columns = Columns(row)
            let id: MessageID = try columns.next()
            var message = Message(
                id: id, interaction: try columns.next(), seq: try columns.next(), direction: .outgoing,
                kind: try columns.next(), content: [], at: try columns.next(), state: try columns.next(), parts: [])
            message.agent = try columns.next()
            let external: String? = try columns.next()
            message.parts = (try columns.next() as [UInt8]?).map(MessagePart.list(stored:)) ?? []
            messages[id] = SentPlan.Sent(message: message, externalID: external)
        }
        return SentPlan(account: account, now: now, chats: chats, messages: messages)
    }
}
