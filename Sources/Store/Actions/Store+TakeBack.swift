import AgentProtocol
import Domain
import Postgres

extension Store {
    /// Ends an action that never will be done: the history says again what it said before, and the agents are told why.
    func takeBack(
        _ id: Int64, for reason: Reason, trail: @Sendable () -> [PostgresQuery]
    ) async throws(EralinkError) -> [EventRecord] {
        try await asEralinkError { () async throws in
            let found = try await pool.query(
                """
                SELECT m.interaction_id, m.id FROM action a JOIN message m ON m.id = a.message_id
                WHERE a.id = \(id) AND a.kind IN ('edit', 'delete')
                """)
            let over: PostgresQuery = "UPDATE action SET state = 'done', claimed_until = NULL WHERE id = \(id)"
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
                    SELECT kind, content, before_content, before_keyboard, before_edited_at, state FROM action
                    WHERE id = \(id) FOR UPDATE
                    """,
                    "SELECT \(unescaped: Message.columns) FROM message m WHERE m.id = \(message)",
                ])
                var columns = Columns(results[1][0])
                var known = try Message(&columns, readSeq: locked.chat.readSeq)
                let taken = try TakenBack(results[0][0])
                guard taken.isOpen else { return [] }
                let follow = taken.apply(to: &known, action: id)
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
    var content: [UInt8]?
    var beforeContent: [UInt8]?
    var beforeKeyboard: [UInt8]?
    var beforeEditedAt: Timestamp?
    var isOpen: Bool

    init(_ row: PostgresRow) throws(PostgresError) {
        var columns = Columns(row)
        kind = try columns.next()
        content = try columns.next()
        beforeContent = try columns.next()
        beforeKeyboard = try columns.next()
        beforeEditedAt = try columns.next()
        isOpen = try columns.next() as String != "done"
    }

    /// What else is to be written: a later edit, should it be refused too, goes back to before this one.
    func apply(to message: inout Message, action: Int64) -> [PostgresQuery] {
        guard kind == .edit else {
            message.deletedAt = nil
            return []
        }
        guard message.content == content, let beforeContent else {
            return [
                """
                UPDATE action SET before_content = \(beforeContent.map(EncodedText.init)),
                    before_keyboard = \(beforeKeyboard.map(EncodedText.init)), before_edited_at = \(beforeEditedAt)
                WHERE id = (
                    SELECT min(id) FROM action
                    WHERE message_id = \(message.id) AND kind = 'edit' AND id > \(action) AND state <> 'done')
                """
            ]
        }
        message.content = beforeContent
        message.keyboard = beforeKeyboard
        message.editedAt = beforeEditedAt
        return []
    }
}
