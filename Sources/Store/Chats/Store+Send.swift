import AgentProtocol
import Domain
import Postgres

/// What became of a batch of sends.
package struct SendReceipt: Sendable {
    /// One answer for each draft, in their order.
    package var answers: [Result<Message, EralinkError>]
    /// The events, in the log's order.
    package var events: [EventRecord]
    /// The accounts in whose outboxes something new lies.
    package var accounts: Set<String>
}

extension Store {
    /// How long a live part is tried before it is `expired` (agent-api.md, "States").
    static let liveLifetime = Duration.seconds(24 * 3600)

    /// Accepts sends: history, outbox and event log in one transaction, in two round trips, however many there are. Every
    /// draft gets its own answer; an answer that says accepted is committed.
    package func send(
        _ drafts: [OutgoingDraft], check: @escaping AdmissionCheck
    ) async throws(EralinkError) -> SendReceipt {
        try await asEralinkError { () async throws in
            // Two ChatServers may be given the same key at once: the second one fails, and finds it used when it looks again.
            try await retryingUniqueViolations {
                let (answers, events, accounts) = try await pool.transaction { tx in
                    var plan = try await loadSendPlan(for: drafts, check: check, in: tx)
                    let answers = drafts.map { plan.take($0) }
                    guard !plan.new.isEmpty else { return (answers, [EventRecord](), Set<String>()) }
                    let results = try await tx.commit(after: plan.writes())
                    return (
                        answers, try plan.events.records(from: results[plan.eventsIndex]),
                        Set(plan.new.map(\.chat.account.name))
                    )
                }
                let known = try await messages(
                    answers.compactMap { if case .known(let id) = $0 { id } else { nil } })
                return SendReceipt(
                    answers: answers.map { answer in
                        switch answer {
                        case .accepted(let message): .success(message)
                        case .refused(let error): .failure(error)
                        case .known(let id):
                            known[id].map { .success($0) }
                                ?? .failure(.notFound("message \(id) is not in the history any more"))
                        }
                    }, events: events, accounts: accounts)
            }
        }
    }

    private func loadSendPlan(
        for drafts: [OutgoingDraft], check: @escaping AdmissionCheck, in tx: PostgresTransaction
    ) async throws -> SendPlan {
        let ids = Set(drafts.map(\.interaction)).sorted()
        let replies = drafts.compactMap(\.replyTo)
        var reads: [PostgresQuery] = [
            """
            SELECT \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables)
            WHERE i.id = ANY(\(ids.map(\.value))) ORDER BY i.id FOR NO KEY UPDATE OF i
            """,
            """
            SELECT u.agent, u.msg_id, k.digest, k.message_id
            FROM unnest(\(drafts.map(\.actor.name)), \(drafts.map(\.msgID))) AS u (agent, msg_id)
            CROSS JOIN LATERAL (
                SELECT k.digest, k.message_id FROM msg_key k WHERE k.agent = u.agent AND k.msg_id = u.msg_id OFFSET 0) AS k
            """,
            .messageIDs,
        ]
        if !replies.isEmpty {
            reads.append(
                """
                SELECT m.id, m.customer_id, m.external_id, m.kind, m.content FROM message m
                WHERE m.id = ANY(\(replies.map(\.value)))
                """)
        }
        let files = PostgresQuery.filesToSend(drafts)
        let results = try await tx.batch(reads + [files].compactMap(\.self))
        var chats: [InteractionID: ChatRow] = [:]
        for row in results[0] {
            let chat = try ChatRow(row)
            chats[chat.interaction.id] = chat
        }
        var used: [SendPlan.Key: SendPlan.Used] = [:]
        for row in results[1] {
            var columns = Columns(row)
            let key = SendPlan.Key(agent: try columns.next(), msgID: try columns.next())
            used[key] = SendPlan.Used(digest: try columns.next(), message: try columns.next())
        }
        var answered: [MessageID: SendPlan.Answered] = [:]
        for row in results[3..<reads.count].joined() {
            var columns = Columns(row)
            let id: MessageID = try columns.next()
            let customer: CustomerID = try columns.next()
            let external: String? = try columns.next()
            let content = try Content(kind: try columns.next(), bytes: try columns.next() as [UInt8])
            answered[id] = SendPlan.Answered(
                message: id, customer: customer, externalID: external, preview: Preview.of(content))
        }
        let (now, first) = try results[2][0].decode(Timestamp.self, MessageID.self)
        var plan = SendPlan(
            now: now, chats: chats, used: used, answered: answered, freshIDs: first.block(of: drafts.count),
            check: check)
        if files != nil { plan.files = try .init(results[reads.count]) }
        return plan
    }
}

extension SendPlan {
    var eventsIndex: Int { 3 }

    /// The statements that carry the plan out. The last two hold the log's lock, so COMMIT must follow in the same flush; the
    /// queue's ids are handed out under it, and so appear in their order.
    func writes() -> [PostgresQuery] {
        [insertMessages(), insertKeys(), updateInteractions(), .append(events), insertParts()]
    }

    private func insertMessages() -> PostgresQuery {
        let messages = new.map(\.message)
        var columns = RowColumns()
        columns.add("id", messages.map(\.id.value))
        columns.add("interaction_id", messages.map(\.interaction.value))
        columns.add("account_id", new.map(\.chat.account.id.value))
        columns.add("customer_id", new.map(\.chat.interaction.customer.id.value))
        columns.add("seq", messages.map(\.seq))
        columns.add("kind", messages.map(\.kind.rawValue))
        columns.add("content", messages.map(\.content).asTexts)
        columns.add("parts", messages.map(\.storedParts))
        columns.add(ifAny: "msg_id", messages.map(\.msgID))
        columns.add(ifAny: "agent", messages.map(\.agent))
        columns.add(ifAny: "reply_to_id", messages.map { $0.replyTo?.id?.value })
        columns.add(ifAny: "reply_to_external", messages.map { $0.replyTo?.externalID })
        columns.add(ifAny: "reply_to_preview", messages.map { $0.replyTo?.preview })
        columns.add(ifAny: "album", messages.map(\.group))
        columns.add(ifAny: "keyboard", messages.map(\.keyboard).asTexts)
        let files = new.map { $0.draft.file?.value }
        columns.add(ifAny: "file_id", files)
        let insert: PostgresQuery = """
            INSERT INTO message (direction, at, state, \(unescaped: columns.names))
            SELECT 'out', \(now), 'accepted', \(unescaped: columns.names)
            FROM unnest(\(columns.arrays)) AS m (\(unescaped: columns.names))
            """
        let sent = Set(files.compactMap(\.self)).sorted()
        guard !sent.isEmpty else { return insert }
        return """
            WITH sent AS (
                UPDATE file SET used_at = \(now) WHERE id = ANY(\(sent)) AND used_at IS NULL)
            \(insert)
            """
    }

    private func insertKeys() -> PostgresQuery {
        """
        INSERT INTO msg_key (agent, msg_id, digest, message_id)
        SELECT * FROM unnest(
            \(new.map(\.draft.actor.name)), \(new.map(\.draft.msgID)), \(new.map(\.draft.digest)),
            \(new.map(\.message.id.value)))
        """
    }

    private func updateInteractions() -> PostgresQuery {
        var last: [InteractionID: Int64] = [:]
        for new in new { last[new.message.interaction] = new.message.seq }
        let ids = last.keys.sorted()
        return """
            UPDATE interaction i SET last_seq = u.last_seq
            FROM unnest(\(ids.map(\.value)), \(ids.map { last[$0] ?? 0 })) AS u (id, last_seq) WHERE i.id = u.id
            """
    }

    private func insertParts() -> PostgresQuery {
        .insertParts(
            new.map { new in
                OutboxInsert(
                    account: new.chat.account.id, customer: new.chat.interaction.customer, message: new.message,
                    part: 1, lane: new.draft.lane,
                    policy: ResendPolicy(rawValue: new.chat.account.settings["resend_policy"] ?? "") ?? .auto,
                    lifetime: Store.liveLifetime)
            })
    }
}
