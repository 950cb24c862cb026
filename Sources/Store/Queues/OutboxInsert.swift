import Domain
import Postgres

/// What a part says, as the queue has it.
struct StoredPart: Sendable, Equatable {
    var kind: MessageKind
    var content: [UInt8]
    var keyboard: [UInt8]?
    var forward: OutgoingPart.ForwardSource?

    init(kind: MessageKind, content: [UInt8], keyboard: [UInt8]?, forward: OutgoingPart.ForwardSource? = nil) {
        self.kind = kind
        self.content = content
        self.keyboard = keyboard
        self.forward = forward
    }

    /// The message itself.
    init(_ message: Message) {
        self.init(kind: message.kind, content: message.content, keyboard: message.keyboard)
    }
}

/// A part on its way into the outbox.
struct OutboxInsert: Sendable {
    var account: AccountID
    var customer: Customer
    var message: MessageID
    /// Counted from 1.
    var part: Int
    var stored: StoredPart
    /// Of the first part only.
    var replyExternal: String?
    var album: String?
    var lane: Lane
    var policy: ResendPolicy
    var lifetime: Duration

    init(chat: ChatRow, message: Message, part: Int, stored: StoredPart, lane: Lane) {
        account = chat.account.id
        customer = chat.interaction.customer
        self.message = message.id
        self.part = part
        self.stored = stored
        replyExternal = part == 1 ? message.replyTo?.externalID : nil
        album = message.group
        self.lane = lane
        policy = ResendPolicy(rawValue: chat.account.settings["resend_policy"] ?? "") ?? .auto
        lifetime = Store.liveLifetime
    }

    /// `auto` means: agents' live messages are sent again, mailings are held (design.md, rule 4).
    var settledPolicy: ResendPolicy {
        switch policy {
        case .auto: lane == .live ? .resend : .hold
        case .resend, .hold: policy
        }
    }
}

extension PostgresQuery {
    /// To be sent under the log's lock, so that ids appear in their order.
    static func insertParts(_ rows: [OutboxInsert]) -> PostgresQuery {
        var columns = RowColumns()
        columns.add("account_id", rows.map(\.account.value))
        columns.add("customer_id", rows.map(\.customer.id.value))
        columns.add("shard", rows.map { ChatShard.of($0.account, $0.customer.externalID) })
        columns.add("chat", rows.map(\.customer.externalID))
        columns.add("message_id", rows.map(\.message.value))
        columns.add("part", rows.map(\.part))
        columns.add("lane", rows.map(\.lane.rawValue))
        columns.add("kind", rows.map(\.stored.kind.rawValue))
        columns.add("content", rows.map(\.stored.content).asTexts)
        columns.add("policy", rows.map(\.settledPolicy.rawValue))
        columns.add(ifAny: "keyboard", rows.map(\.stored.keyboard).asTexts)
        columns.add(ifAny: "reply_external", rows.map(\.replyExternal))
        columns.add(ifAny: "album", rows.map(\.album))
        columns.add(ifAny: "forward_chat", rows.map(\.stored.forward?.chat))
        columns.add(ifAny: "forward_external", rows.map(\.stored.forward?.externalID))
        return """
            INSERT INTO outbox (expires_at, \(unescaped: columns.names))
            SELECT clock_timestamp() + make_interval(secs => lifetime), \(unescaped: columns.names)
            FROM unnest(\(rows.map(\.lifetime.inSeconds)), \(columns.arrays)) WITH ORDINALITY
                AS p (lifetime, \(unescaped: columns.names), n)
            ORDER BY n
            """
    }

    /// Keeps parts for a retry.
    static func keep(_ rows: [OutboxInsert]) -> PostgresQuery {
        """
        INSERT INTO message_part (message_id, part, kind, content, keyboard, forward_chat, forward_external)
        SELECT * FROM unnest(
            \(rows.map(\.message.value)), \(rows.map(\.part)), \(rows.map(\.stored.kind.rawValue)),
            \(rows.map(\.stored.content).asTexts), \(rows.map(\.stored.keyboard).asTexts),
            \(rows.map(\.stored.forward?.chat)), \(rows.map(\.stored.forward?.externalID)))
        """
    }
}

extension PostgresTransaction {
    /// The kept parts of a message, by number; empty where its only part is the message itself.
    func keptParts(of message: MessageID) async throws -> [Int: StoredPart] {
        let result = try await query(
            """
            SELECT part::int, kind, content, keyboard, forward_chat, forward_external FROM message_part
            WHERE message_id = \(message)
            """)
        var parts: [Int: StoredPart] = [:]
        for row in result {
            var columns = Columns(row)
            let number: Int = try columns.next()
            parts[number] = StoredPart(
                kind: try columns.next(), content: try columns.next(), keyboard: try columns.next(),
                forward: OutgoingPart.ForwardSource(chat: try columns.next(), externalID: try columns.next()))
        }
        return parts
    }
}

extension OutgoingPart.ForwardSource {
    init?(chat: String?, externalID: String?) {
        guard let chat, let externalID else { return nil }
        self.init(chat: chat, externalID: externalID)
    }
}
