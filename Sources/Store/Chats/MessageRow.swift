import AgentProtocol
import Domain
import JSON
import Postgres

extension Message {
    /// The columns that `init(_:)` reads, of `message m`.
    static let columns = """
        m.id, m.interaction_id, m.seq, m.direction, m.kind, m.content, m.at, m.state, m.external_id, m.received_at,
        m.msg_id, m.agent, m.reply_to_id, m.reply_to_external, m.reply_to_preview, m.forwarded_from, m.album, m.keyboard,
        m.start_payload, m.provider_at, m.edited_at, m.deleted_at, m.parts
        """

    /// `readSeq`: incoming messages up to this `seq` have been read by the agent's side.
    init(_ columns: inout Columns, readSeq: Int64) throws(PostgresError) {
        self.init(
            id: try columns.next(), interaction: try columns.next(), seq: try columns.next(),
            direction: try columns.next(), kind: try columns.next(), content: try columns.next(),
            at: try columns.next(),
            state: try columns.next(), parts: [])
        let externalID: String? = try columns.next()
        let receivedAt: Timestamp? = try columns.next()
        msgID = try columns.next()
        agent = try columns.next()
        let replyID: MessageID? = try columns.next()
        let replyExternal: String? = try columns.next()
        let replyPreview: String? = try columns.next()
        if replyID != nil || replyExternal != nil {
            replyTo = ReplyReference(id: replyID, externalID: replyExternal, preview: replyPreview ?? "")
        }
        forwardedFrom = (try columns.next() as [UInt8]?).flatMap(ForwardOrigin.init(stored:))
        group = try columns.next()
        keyboard = try columns.next()
        startPayload = try columns.next()
        providerAt = try columns.next()
        editedAt = try columns.next()
        deletedAt = try columns.next()
        let storedParts: [UInt8]? = try columns.next()
        switch direction {
        case .incoming:
            if seq <= readSeq { state = .read }
            parts = [MessagePart(number: 1, externalID: externalID, state: state, at: receivedAt ?? at)]
        case .outgoing:
            parts = storedParts.map(MessagePart.list(stored:)) ?? []
            reason = parts.first { $0.state == state && $0.reason != nil }?.reason
        case .system: break
        }
    }
}
