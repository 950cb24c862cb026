import AgentProtocol
import Domain
import Postgres

extension Store {
    /// Edits or deletes a message: in the queue where it is still there, else in the history at once and at the messenger by
    /// an action. `events` is empty where nothing had to be done.
    package func change(
        _ id: MessageID, _ change: MessageChange, by actor: Actor, over table: @escaping ChannelTable
    ) async throws(EralinkError) -> MessageReceipt {
        let interaction = try await interactionOfMessage(id, for: actor)
        return try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let locked = try await lockChat(interaction, for: actor, in: tx)
                let results = try await tx.batch([
                    "SELECT \(unescaped: Message.columns) FROM message m WHERE m.id = \(id)",
                    "SELECT part::int, state = 'sending' FROM outbox WHERE message_id = \(id) ORDER BY id FOR UPDATE",
                    "SELECT count(*) FROM message_part WHERE message_id = \(id)",
                ])
                guard let row = results[0].first else { throw EralinkError.notFound("message \(id) does not exist") }
                var columns = Columns(row)
                let message = try Message(&columns, readSeq: locked.chat.readSeq)
                var queued: [Int: Bool] = [:]
                for row in results[1] {
                    let (part, isSending) = try row.decode(Int.self, Bool.self)
                    queued[part] = isSending
                }
                var plan = ChangePlan(
                    chat: locked.chat, channel: table(locked.chat.account), now: locked.now, queued: queued,
                    isAdapted: try results[2][0].value(at: 0, as: Int.self) > 0, message: message)
                let account = locked.chat.account.name
                guard try plan.apply(change, by: actor) else {
                    return MessageReceipt(message: message, account: account, events: [])
                }
                let writes = plan.writes(before: message, by: actor)
                let answers = try await tx.commit(after: writes)
                guard let last = answers.last else { throw EralinkError(.internal, "the log gave no answer") }
                return MessageReceipt(
                    message: plan.message, account: account, events: try plan.events.records(from: last))
            }
        }
    }
}

extension ChangePlan {
    /// The last one takes the log's lock, so COMMIT must follow in the same flush.
    fileprivate func writes(before: Message, by actor: Actor) -> [PostgresQuery] {
        [
            """
            UPDATE message SET content = \(EncodedText(message.content)),
                keyboard = \(message.keyboard.map(EncodedText.init)), edited_at = \(message.editedAt),
                deleted_at = \(message.deletedAt), state = \(message.state), parts = \(message.storedParts)
            WHERE id = \(message.id)
            """
        ] + steps.flatMap { write($0, before: before, by: actor) } + [.append(events)]
    }

    private func write(_ step: Step, before: Message, by actor: Actor) -> [PostgresQuery] {
        switch step {
        case .rewrite(let part):
            return [
                """
                UPDATE outbox SET content = \(EncodedText(message.content)),
                    keyboard = \(message.keyboard.map(EncodedText.init)), edited = true
                WHERE message_id = \(message.id) AND part = \(part) AND state = 'queued'
                """
            ]
        case .withdraw(let parts):
            return ["DELETE FROM outbox WHERE message_id = \(message.id) AND part = ANY(\(parts)) AND state = 'queued'"]
        case .edit(let part, let external):
            return [
                // Several edits before the first one is performed are one; it goes back to before them all.
                """
                WITH waiting AS (
                    UPDATE action SET content = \(EncodedText(message.content)),
                        keyboard = \(message.keyboard.map(EncodedText.init)), agent = \(actor.name),
                        expires_at = clock_timestamp() + make_interval(secs => \(Store.changeLifetime.inSeconds))
                    WHERE message_id = \(message.id) AND kind = 'edit' AND state = 'queued' AND attempts = 0
                    RETURNING id
                )
                INSERT INTO action (account_id, chat, kind, message_id, part, external_id, content_kind, content, keyboard,
                    before_content, before_keyboard, before_edited_at, agent, expires_at)
                SELECT \(chat.account.id), \(chat.interaction.customer.externalID), 'edit', \(message.id), \(part), \(external),
                    \(message.kind), \(EncodedText(message.content)), \(message.keyboard.map(EncodedText.init)),
                    \(EncodedText(before.content)), \(before.keyboard.map(EncodedText.init)), \(before.editedAt),
                    \(actor.name), clock_timestamp() + make_interval(secs => \(Store.changeLifetime.inSeconds))
                WHERE NOT EXISTS (SELECT FROM waiting)
                """
            ]
        case .delete(let part, let external):
            return [
                // Nobody will see what edits that still wait would change. Should the deletion be refused, the history goes
                // back to before them.
                """
                WITH needless AS (
                    UPDATE action SET state = 'done'
                    WHERE message_id = \(message.id) AND part = \(part) AND kind = 'edit' AND state = 'queued'
                    RETURNING id, before_content, before_keyboard, before_edited_at
                )
                INSERT INTO action (account_id, chat, kind, message_id, part, external_id, agent, expires_at,
                    before_content, before_keyboard, before_edited_at)
                SELECT \(chat.account.id), \(chat.interaction.customer.externalID), 'delete', \(message.id), \(part),
                    \(external), \(actor.name),
                    clock_timestamp() + make_interval(secs => \(Store.changeLifetime.inSeconds)),
                    n.before_content, n.before_keyboard, n.before_edited_at
                FROM (SELECT) AS one LEFT JOIN (SELECT * FROM needless ORDER BY id LIMIT 1) n ON true
                """
            ]
        }
    }
}
