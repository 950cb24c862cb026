import AgentProtocol
import Domain
import JSON
import Postgres

/// Decides one change of an interaction (agent-api.md, "Methods"). Pure.
struct InteractionPlan {
    var chat: ChatRow
    var now: Timestamp
    /// For the system message that a note becomes.
    var freshID: MessageID
    var note: Message?
    var events: [EventDraft] = []

    init(chat: ChatRow, now: Timestamp, freshID: MessageID) {
        self.chat = chat
        self.now = now
        self.freshID = freshID
    }

    /// False: there is nothing to do, the interaction is as it was asked for.
    mutating func apply(_ change: InteractionChange, version: Int64, by actor: Actor) throws(EralinkError) -> Bool {
        let interaction = chat.interaction
        let isMine = interaction.state == .active && interaction.agent == actor.name
        switch change {
        case .accept:
            if isMine { return false }
            try requireOpen()
            guard interaction.state == .waiting else {
                throw conflict("is served by \(interaction.agent ?? "another")")
            }
            try requireVersion(version)
            become(.active, agent: actor.name)
            announce(.interactionAccepted)
        case .release(let note):
            try requireOpen()
            guard interaction.state == .active else { throw conflict("is waiting already") }
            try requireMine(isMine, actor)
            try requireVersion(version)
            become(.waiting, agent: nil)
            write(note, event: "released", by: actor)
            announce(.interactionReleased)
        case .transfer(let to, let note):
            try requireOpen()
            try requireMine(isMine, actor)
            try requireVersion(version)
            become(.active, agent: to)
            write(note, event: "transferred", by: actor)
            announce(.interactionTransferred)
        case .close(let note):
            try requireOpen()
            try requireMine(isMine, actor)
            try requireVersion(version)
            write(note, event: "closed", by: actor)
            become(.closed, agent: interaction.agent)
            chat.interaction.closedAt = now
            announce(.interactionClosed)
        }
        return true
    }

    private func requireOpen() throws(EralinkError) {
        if chat.interaction.state == .closed { throw conflict("is closed") }
    }

    private func requireMine(_ isMine: Bool, _ actor: Actor) throws(EralinkError) {
        if !isMine && !actor.isSupervisor {
            throw EralinkError(.forbidden, "interaction \(chat.interaction.id) is not yours")
        }
    }

    private func requireVersion(_ version: Int64) throws(EralinkError) {
        if chat.interaction.version != version { throw conflict("has changed since version \(version)") }
    }

    private func conflict(_ what: String) -> EralinkError {
        EralinkError(
            .conflict, "interaction \(chat.interaction.id) \(what)",
            details: [
                .init("agent", chat.interaction.agent), .init("version", .integer(chat.interaction.version)),
                .init("state", chat.interaction.state.rawValue),
            ])
    }

    private mutating func become(_ state: InteractionState, agent: String?) {
        chat.interaction.state = state
        chat.interaction.agent = agent
        chat.interaction.version += 1
        if let agent { chat.lastAgent = agent }
    }

    private mutating func announce(_ type: EventType) { events.append(chat.event(type)) }

    /// A note becomes a system message, which whoever serves the chat then sees.
    private mutating func write(_ text: String?, event: String, by actor: Actor) {
        guard let text else { return }
        chat.interaction.lastSeq += 1
        var message = Message(
            id: freshID, interaction: chat.interaction.id, seq: chat.interaction.lastSeq, direction: .system,
            kind: .system,
            content: Content.system(SystemContent(text: text, event: event)).jsonBytes, at: now, state: .sent,
            parts: [])
        message.agent = actor.name
        note = message
        events.append(chat.event(.messageCreated, message))
    }
}

extension InteractionPlan {
    func writes() -> [PostgresQuery] {
        let interaction = chat.interaction
        let notes = note.map { [$0] } ?? []
        return [
            """
            INSERT INTO message (id, interaction_id, account_id, customer_id, seq, direction, kind, content, agent, at, state)
            SELECT id, \(interaction.id), \(chat.account.id), \(interaction.customer.id), seq, 'system', 'system', content,
                agent, \(now), 'sent'
            FROM unnest(
                \(notes.map(\.id.value)), \(notes.map(\.seq)), \(notes.map(\.content).asTexts), \(notes.map(\.agent))
            ) AS n (id, seq, content, agent)
            """,
            """
            UPDATE interaction SET state = \(interaction.state), agent = \(interaction.agent), last_agent = \(chat.lastAgent),
                version = \(interaction.version), last_seq = \(interaction.lastSeq), closed_at = \(interaction.closedAt)
            WHERE id = \(interaction.id)
            """,
            .append(events),
        ]
    }

    var eventsIndex: Int { 2 }
}
