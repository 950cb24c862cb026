import AgentProtocol
import Domain
import JSON
import Postgres

extension Store {
    /// Stores what a poll brought, with the position to poll next, in one transaction, and gives the inbox's last id, nil where
    /// nothing was new. What was seen before is touched, so that its acknowledgement waits for a synchronous standby too (design.md, rule 2).
    ///
    /// Throws `conflict` where the lease has passed on: nothing is stored then.
    package func storePolled(_ items: [Inbound], position: Int64?, by proof: LeaseProof) async throws(EralinkError)
        -> Int64?
    {
        try await asEralinkError { () async throws in
            try await pool.batch([
                .requireLease(proof),
                """
                UPDATE account_poll SET position = coalesce(\(position), position), polled_at = clock_timestamp()
                WHERE account_id = \(proof.account)
                """,
                .storeInbox(items, account: proof.account),
            ])[2].last?.value(at: 0)
        }
    }

    /// Stores what a webhook brought, at either member of a connector pair.
    package func storePushed(_ items: [Inbound], account: AccountID) async throws(EralinkError) -> Int64? {
        try await asEralinkError { () async throws in
            try await pool.batch([.storeInbox(items, account: account)])[0].last?.value(at: 0)
        }
    }
}

extension PostgresQuery {
    /// Writes items into the inbox, those with a key only where the account has not seen it.
    static func storeInbox(_ all: [Inbound], account: AccountID) -> PostgresQuery {
        // A key may come twice in one batch; ON CONFLICT takes a row only once.
        var keys = Set<String>()
        let rows = all.filter { $0.key.map { keys.insert($0).inserted } ?? true }.map(InboxInsert.init)
        var columns = RowColumns()
        columns.add("shard", rows.map { ChatShard.of(account, $0.item.chat) })
        columns.add("chat", rows.map(\.item.chat))
        columns.add("event", rows.map(\.event.rawValue))
        columns.add(ifAny: "name", rows.map(\.item.profile?.name))
        columns.add(ifAny: "username", rows.map(\.item.profile?.username))
        columns.add(ifAny: "language", rows.map(\.item.profile?.language))
        columns.add(ifAny: "kind", rows.map(\.message?.content.kind.rawValue))
        columns.add(ifAny: "content", rows.map(\.content).asTexts)
        columns.add(ifAny: "external_id", rows.map(\.externalID))
        columns.add(ifAny: "reply_external", rows.map(\.message?.replyTo?.externalID))
        columns.add(ifAny: "reply_preview", rows.map(\.message?.replyTo?.preview))
        columns.add(ifAny: "forwarded_from", rows.map { $0.message?.forwardedFrom?.stored })
        columns.add(ifAny: "album", rows.map(\.message?.group))
        columns.add(ifAny: "start_payload", rows.map(\.message?.startPayload))
        columns.add(ifAny: "provider_at", rows.map(\.item.providerAt))
        columns.add(ifAny: "message_id", rows.map(\.part?.message.value))
        columns.add(ifAny: "part", rows.map(\.part?.number))
        columns.add(ifAny: "state", rows.map(\.status?.state.rawValue))
        columns.add(ifAny: "attempts", rows.map(\.status?.attempts))
        columns.add(ifAny: "reason_code", rows.map(\.status?.reason?.code))
        columns.add(ifAny: "reason_text", rows.map(\.status?.reason?.text))
        columns.add(ifAny: "blocked", rows.map(\.blocked))
        columns.add(ifAny: "file_id", rows.map(\.file?.value))
        columns.add(ifAny: "file", rows.map(\.editedFile?.stored))
        columns.add(ifAny: "pressed", rows.map(\.message?.pressed))
        columns.add(ifAny: "phone", rows.map(\.item.profile?.phone))
        columns.add(ifAny: "avatar_source", rows.map(\.item.profile?.avatarSource))
        return """
            WITH fresh AS (
                INSERT INTO seen AS s (account_id, key)
                SELECT \(account), key FROM unnest(\(rows.compactMap(\.item.key))) AS k (key) ORDER BY key
                ON CONFLICT (account_id, key) DO UPDATE SET at = excluded.at
                RETURNING key, xmax = 0 AS is_new
            )\(announced(rows, account))
            INSERT INTO inbox (account_id, \(unescaped: columns.names))
            SELECT \(account), \(unescaped: columns.names)
            FROM unnest(\(rows.map(\.item.key)), \(columns.arrays)) WITH ORDINALITY AS i (key, \(unescaped: columns.names), n)
            WHERE key IS NULL OR key IN (SELECT key FROM fresh WHERE is_new) ORDER BY n
            RETURNING id
            """
    }

    /// The files of messages that are new, as a further part of the statement.
    private static func announced(_ rows: [InboxInsert], _ account: AccountID) -> PostgresQuery {
        let rows = rows.filter { $0.announced != nil }
        let files = rows.compactMap(\.announced)
        if files.isEmpty { return "" }
        return """
            , announced AS (
                INSERT INTO file (id, account_id, role, chat, state, name, mime, size, width, height, reason_code, reason_text,
                    source, source_key)
                SELECT id, \(account), 'message', chat, state, name, mime, size, width, height, reason_code, reason_text,
                    source, source_key
                FROM unnest(
                    \(rows.map(\.item.key)), \(rows.map(\.item.chat)),
                    \(files.map(\.id.value)), \(files.map(\.state.rawValue)), \(files.map(\.file.name)), \(files.map(\.file.mime)),
                    \(files.map(\.file.size)), \(files.map(\.width)), \(files.map(\.height)),
                    \(files.map(\.file.refusal?.code)), \(files.map(\.file.refusal?.text)), \(files.map(\.file.source)),
                    \(files.map(\.file.uniqueKey))
                ) AS f (key, chat, id, state, name, mime, size, width, height, reason_code, reason_text, source, source_key)
                WHERE key IS NULL OR key IN (SELECT key FROM fresh WHERE is_new)
            )
            """
    }
}

/// A file that a message brought, with the id that it gets.
struct AnnouncedFile: Sendable {
    var id: FileID
    var file: IncomingFile
    var width: Int?
    var height: Int?

    var state: FileState { file.refusal == nil ? .pending : .failed }
}

/// An inbound item as the inbox's columns want it.
private struct InboxInsert {
    var item: Inbound
    var event: InboxRow.Event
    var message: IncomingMessage?
    var status: StatusReport?
    var content: [UInt8]?
    var blocked: Bool?
    var file: FileID?
    var announced: AnnouncedFile?
    var editedFile: IncomingFile?
    private var external: String?

    init(_ item: Inbound) {
        self.item = item
        switch item.event {
        case .message(let message):
            event = .message
            self.message = message
            content = announce(message).jsonBytes
        case .edit(let message):
            event = .edit
            self.message = message
            content = message.content.jsonBytes
            editedFile = message.file
        case .blocked(let blocked):
            event = .blocked
            self.blocked = blocked
        case .status(let report):
            event = report.coversEarlier ? .statusUpTo : .status
            status = report
            blocked = report.blocked ? true : nil
        case .reaction(let externalID, let emojis):
            event = .reaction
            external = externalID
            var list = JSONWriter(reserving: 32)
            list.array { array in for emoji in emojis { array.element(emoji) } }
            content = list.bytes
        case .profile:
            event = .profile
        case .file(let file):
            event = .file
            self.file = file.id
            content = file.jsonBytes
        }
    }

    /// Gives the message's file its id; what the content says of it from then on.
    private mutating func announce(_ message: IncomingMessage) -> Content {
        guard let incoming = message.file, case .media(let kind, var media) = message.content else {
            return message.content
        }
        let announced = AnnouncedFile(id: .random(), file: incoming, width: media.width, height: media.height)
        self.announced = announced
        file = announced.id
        media.describe(announced)
        return .media(kind, media)
    }

    var part: (message: MessageID, number: Int)? {
        if case .part(let message, let number)? = status?.subject { return (message, number) }
        return nil
    }

    var externalID: String? {
        if let message { return message.externalID }
        if case .external(let external)? = status?.subject { return external }
        return status?.externalID ?? external
    }
}

extension MediaContent {
    /// Says of a file that is not here yet what the messenger says of it.
    mutating func describe(_ announced: AnnouncedFile) {
        file = announced.id
        state = announced.state
        name = name ?? announced.file.name
        mime = mime ?? announced.file.mime
        size = size ?? announced.file.size
    }
}
