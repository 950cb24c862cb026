import Domain
import Postgres

// A messenger that says "seen" once for all that a customer has read at that moment.

extension IngestPlan {
    /// A part's new state by the messenger's own name of it.
    mutating func receipt(_ row: InboxRow, of customer: CustomerID) {
        let subject = row.message == nil ? row.externalID : nil
        let id = subject.flatMap { byExternal[ExternalKey(customer: customer, external: $0)] }
        // Messengers also confirm what they delivered to us.
        if let id, newMessage(id) != nil || messages[id]?.message.direction == .incoming {
            taken.append(row.id)
            return
        }
        status(row, of: customer)
        guard row.event == .statusUpTo, let id, let next = row.state, let named = messages[id]?.message else { return }
        let last = named.parts.first { $0.externalID == subject }?.number ?? 1
        for other in messages.keys.sorted() where other <= id {
            advance(other, of: customer, to: next, at: row, upTo: other == id ? last : Int.max)
        }
    }

    /// What the messenger has taken of an earlier message goes along; what it has not, or what failed, does not.
    private mutating func advance(
        _ id: MessageID, of customer: CustomerID, to next: DeliveryState, at row: InboxRow, upTo last: Int
    ) {
        guard var state = messages[id], state.message.direction == .outgoing,
            let chat = chats[state.message.interaction], chat.row.interaction.customer.id == customer
        else { return }
        var parts = state.message.parts
        for index in parts.indices where parts[index].number <= last {
            guard [.sent, .delivered].contains(parts[index].state), parts[index].state.mayBecome(next) else { continue }
            parts[index].state = next
            parts[index].at = row.providerAt ?? row.receivedAt
        }
        guard parts != state.message.parts else { return }
        state.message.parts = parts
        state.message.state = DeliveryState.ofMessage(parts: parts.map(\.state))
        state.changed = true
        messages[id] = state
        events.append(chat.row.statusEvent(state.message))
    }

    private func newMessage(_ id: MessageID) -> Message? { newMessages.last { $0.message.id == id }?.message }
}

extension Store {
    /// How far back a receipt for all that was read may reach: undelivered messages are tried for 14 days at most.
    private static let reach = Duration.seconds(15 * 86_400)
    private static let most = 200

    /// Adds to the plan the earlier messages that its rows are about, locked. They are in no row's words, so this is a round trip
    /// of its own, made only where there are such rows.
    func loadEarlier(for rows: [InboxRow], into plan: inout IngestPlan, in tx: PostgresTransaction) async throws {
        let readers = Set(rows.filter { $0.event == .statusUpTo }.compactMap { plan.customers[$0.key]?.customer.id })
            .sorted()
        guard !readers.isEmpty else { return }
        let since = plan.now.adding(.zero - Self.reach)
        let ids = try await tx.query(
            """
            SELECT m.id FROM unnest(\(readers.map(\.value))) AS r (customer_id)
            CROSS JOIN LATERAL (
                SELECT m.id FROM message m
                WHERE m.customer_id = r.customer_id AND m.external_id IS NOT NULL AND m.direction = 'out'
                    AND m.state IN ('sent', 'delivered', 'queued', 'sending', 'failed', 'unknown')
                    AND m.id >= message_id_at(\(since))
                ORDER BY m.id DESC LIMIT \(Int32(Self.most))
            ) m
            """
        ).values(MessageID.self).filter { plan.messages[$0] == nil }
        guard !ids.isEmpty else { return }
        let results = try await tx.batch([
            """
            SELECT \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables)
            WHERE i.id = ANY(ARRAY(SELECT m.interaction_id FROM message m WHERE m.id = ANY(\(ids.map(\.value)))))
            ORDER BY i.id FOR NO KEY UPDATE OF i
            """,
            """
            SELECT m.external_id, m.file_id, \(unescaped: Message.columns) FROM message m
            WHERE m.id = ANY(\(ids.map(\.value))) ORDER BY m.id FOR NO KEY UPDATE OF m
            """,
        ])
        for row in results[0] {
            let chat = try ChatRow(row)
            if plan.chats[chat.interaction.id] == nil { plan.chats[chat.interaction.id] = .init(row: chat) }
        }
        for row in results[1] {
            var columns = Columns(row)
            let external: String? = try columns.next()
            let file: FileID? = try columns.next()
            let message = try Message(&columns, readSeq: 0)
            plan.messages[message.id] = .init(message: message, externalID: external, file: file)
        }
    }
}
