import AgentProtocol
import Domain
import JSON
import Postgres

extension Store {
    /// Stores what a poll brought, with the position to poll next, in one transaction, and gives the inbox's last id, nil where
    /// nothing was new. What was
    /// seen before is touched, so that its acknowledgement waits for a synchronous standby too (design.md, rule 2).
    ///
    /// Throws `conflict` where the lease has passed on: nothing is stored then.
    package func storePolled(_ items: [Inbound], position: Int64?, by proof: LeaseProof) async throws(EralinkError)
        -> Int64?
    {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                try await tx.requireLease(proof)
                let results = try await tx.commit(after: [
                    """
                    UPDATE account_poll SET position = coalesce(\(position), position), polled_at = clock_timestamp()
                    WHERE account_id = \(proof.account)
                    """,
                    .storeInbox(items, account: proof.account),
                ])
                return try results[1].last?.value(at: 0)
            }
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
        let files = rows.compactMap(\.announced)
        return """
            WITH item AS MATERIALIZED (
                SELECT i.* FROM unnest(
                    \(rows.map(\.item.key)), \(rows.map { ChatShard.of(account, $0.item.chat) }), \(rows.map(\.item.chat)),
                    \(rows.map(\.event.rawValue)), \(rows.map(\.item.profile?.name)), \(rows.map(\.item.profile?.username)),
                    \(rows.map(\.item.profile?.language)), \(rows.map(\.message?.content.kind.rawValue)),
                    \(rows.map(\.content).asTexts), \(rows.map(\.externalID)), \(rows.map(\.message?.replyTo?.externalID)),
                    \(rows.map(\.message?.replyTo?.preview)), \(rows.map { $0.message?.forwardedFrom?.stored }),
                    \(rows.map(\.message?.group)), \(rows.map(\.message?.startPayload)), \(rows.map(\.item.providerAt)),
                    \(rows.map(\.part?.message.value)), \(rows.map(\.part?.number)), \(rows.map(\.status?.state.rawValue)),
                    \(rows.map(\.status?.attempts)), \(rows.map(\.status?.reason?.code)), \(rows.map(\.status?.reason?.text)),
                    \(rows.map(\.blocked)), \(rows.map(\.file?.value)), \(rows.map(\.editedFile?.stored)),
                    \(rows.map(\.message?.pressed)), \(rows.map(\.item.profile?.phone)),
                    \(rows.map(\.item.profile?.avatarSource))
                ) WITH ORDINALITY AS i (key, shard, chat, event, name, username, language, kind, content, external_id,
                    reply_external, reply_preview, forwarded_from, album, start_payload, provider_at, message_id, part, state,
                    attempts, reason_code, reason_text, blocked, file_id, file, pressed, phone, avatar_source, n)
            ), fresh AS (
                INSERT INTO seen AS s (account_id, key) SELECT \(account), key FROM item WHERE key IS NOT NULL ORDER BY key
                ON CONFLICT (account_id, key) DO UPDATE SET at = excluded.at
                RETURNING key, xmax = 0 AS is_new
            ), announced AS (
                INSERT INTO file (id, account_id, role, chat, state, name, mime, size, width, height, reason_code, reason_text,
                    source, source_key)
                SELECT f.id, \(account), 'message', i.chat, f.state, f.name, f.mime, f.size, f.width, f.height, f.reason_code,
                    f.reason_text, f.source, f.source_key
                FROM unnest(
                    \(files.map(\.id.value)), \(files.map(\.state.rawValue)), \(files.map(\.file.name)), \(files.map(\.file.mime)),
                    \(files.map(\.file.size)), \(files.map(\.width)), \(files.map(\.height)),
                    \(files.map(\.file.refusal?.code)), \(files.map(\.file.refusal?.text)), \(files.map(\.file.source)),
                    \(files.map(\.file.uniqueKey))
                ) AS f (id, state, name, mime, size, width, height, reason_code, reason_text, source, source_key)
                JOIN item i ON i.file_id = f.id AND i.event = 'message'
                LEFT JOIN fresh s ON s.key = i.key
                WHERE i.key IS NULL OR s.is_new
            )
            INSERT INTO inbox (shard, account_id, chat, event, name, username, language, kind, content, external_id,
                reply_external, reply_preview, forwarded_from, album, start_payload, provider_at, message_id, part, state,
                attempts, reason_code, reason_text, blocked, file_id, file, pressed, phone, avatar_source)
            SELECT i.shard, \(account), i.chat, i.event, i.name, i.username, i.language, i.kind, i.content, i.external_id,
                i.reply_external, i.reply_preview, i.forwarded_from, i.album, i.start_payload, i.provider_at, i.message_id,
                i.part, i.state, i.attempts, i.reason_code, i.reason_text, i.blocked, i.file_id, i.file, i.pressed, i.phone,
                i.avatar_source
            FROM item i LEFT JOIN fresh f ON f.key = i.key
            WHERE i.key IS NULL OR f.is_new ORDER BY i.n
            RETURNING id
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
            event = .status
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
