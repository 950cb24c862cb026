import AgentProtocol
import Domain
import Postgres

extension Store {
    /// Ends an action that never will be done: the history says again what it said before, and the agents are told why.
    ///
    /// - Parameter attempt: which attempt came to that; where another one has followed, it is for that one to say. Nil: none.
    func takeBack(
        _ id: Int64, attempt: Int?, for reason: Reason, trail: @Sendable () -> [PostgresQuery]
    ) async throws(EralinkError) -> [EventRecord] {
        try await asEralinkError { () async throws in
            let found = try await pool.query(
                """
                SELECT m.interaction_id, m.id FROM action a JOIN message m ON m.id = a.message_id
                WHERE a.id = \(id) AND a.kind IN ('edit', 'delete')
                """)
            let over: PostgresQuery = """
                UPDATE action SET state = 'done', claimed_until = NULL
                WHERE id = \(id) AND attempts = coalesce(\(attempt), attempts)
                """
            guard let row = found.first else {
                // An answer or a read mark: nothing in the history depends on it.
                _ = try await pool.batch(trail() + [over])
                return []
            }
            let (interaction, message) = try row.decode(InteractionID.self, MessageID.self)
            return try await pool.transaction { tx in
                let locked = try await lockChat(interaction, for: .eralink, in: tx)
                let results = try await tx.batch([
                    """
                    SELECT kind, before_content, before_keyboard, before_edited_at, state, attempts,
                        (SELECT min(e.id) FROM action e
                         WHERE e.message_id = action.message_id AND e.kind = 'edit' AND e.id > action.id
                            AND e.state <> 'done')
                    FROM action WHERE id = \(id) FOR UPDATE
                    """,
                    "SELECT \(unescaped: Message.columns) FROM message m WHERE m.id = \(message)",
                ])
                // Erased meanwhile, with everything of its customer's.
                guard let action = results[0].first, let row = results[1].first else { return [] }
                var columns = Columns(row)
                var known = try Message(&columns, readSeq: locked.chat.readSeq)
                let taken = try TakenBack(action)
                guard taken.isOpen, attempt == nil || attempt == taken.attempts else {
                    _ = try await tx.commit(after: trail())
                    return []
                }
                let follow = taken.apply(to: &known)
                var told = known
                told.reason = reason
                let events = [locked.chat.event(.messageEdited, known), locked.chat.statusEvent(told)]
                let writes =
                    trail() + [
                        over,
                        """
                        UPDATE message SET content = \(EncodedText(known.content)),
                            keyboard = \(known.keyboard.map(EncodedText.init)), edited_at = \(known.editedAt),
                            deleted_at = \(known.deletedAt)
                        WHERE id = \(message)
                        """,
                    ] + follow
                let answers = try await tx.commit(after: writes + [.append(events)])
                guard let last = answers.last else { return [] }
                return try events.records(from: last)
            }
        }
    }
}

extension Actor {
    /// Eralink itself.
    static let eralink = Actor(name: "eralink", scopes: [.supervisor], accounts: nil)
}

/// An action on its way back.
private struct TakenBack {
    var kind: ActionKind
    var beforeContent: [UInt8]?
    var beforeKeyboard: [UInt8]?
    var beforeEditedAt: Timestamp?
    var isOpen: Bool
    var attempts: Int
    /// The edit of the message that waits behind it.
    var next: Int64?

    init(_ row: PostgresRow) throws(PostgresError) {
        var columns = Columns(row)
        kind = try columns.next()
        beforeContent = try columns.next()
        beforeKeyboard = try columns.next()
        beforeEditedAt = try columns.next()
        isOpen = try columns.next() as String != "done"
        attempts = try columns.next()
        next = try columns.next()
    }

    /// What else is to be written. The history goes on saying what a later edit makes of the message; that one, should it be
    /// refused too, goes back to before this one.
    func apply(to message: inout Message) -> [PostgresQuery] {
        if kind == .delete { message.deletedAt = nil }
        if let next, kind == .edit {
            return [
                """
                UPDATE action SET before_content = \(beforeContent.map(EncodedText.init)),
                    before_keyboard = \(beforeKeyboard.map(EncodedText.init)), before_edited_at = \(beforeEditedAt)
                WHERE id = \(next)
                """
            ]
        }
        // Of a deletion: of edits that it took out of the queue.
        guard let beforeContent else { return [] }
        message.content = beforeContent
        message.keyboard = beforeKeyboard
        message.editedAt = beforeEditedAt
        return []
    }
}
