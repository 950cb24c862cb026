import Domain
import Postgres

/// A row of the inbox as a ChatServer takes it.
struct InboxRow: Sendable {
    enum Event: String, PostgresCodable {
        case message, edit, blocked, status, reaction, profile, file
        /// A status of this part and of every earlier one of the chat that the messenger has taken.
        case statusUpTo = "status_up_to"

    }

    /// Where a customer's chat is found before its ids are known.
    struct ChatKey: Hashable, Comparable, Sendable {
        var account: AccountID
        var chat: String

        static func < (a: Self, b: Self) -> Bool { (a.account, a.chat) < (b.account, b.chat) }
    }

    var id: Int64
    var key: ChatKey
    var event: Event
    var profile: CustomerProfile
    var kind: MessageKind?
    var content: [UInt8]?
    var externalID: String?
    var replyExternal: String?
    var replyPreview: String?
    var forwardedFrom: [UInt8]?
    var group: String?
    var startPayload: String?
    var providerAt: Timestamp?
    var message: MessageID?
    var part: Int?
    var state: DeliveryState?
    var attempts: Int?
    var reason: Reason?
    var blocked: Bool
    var receivedAt: Timestamp
    var file: FileID?
    /// The file that an edit brought.
    var editedFile: IncomingFile?
    var pressed: String?

    /// It changes neither the customer nor the chat: only its message, and what agents are told of that.
    var tellsOnlyOfMessages: Bool { event == .status && !blocked }

    static let columns = """
        id, account_id, chat, event, name, username, language, kind, content, external_id, reply_external, reply_preview,
        forwarded_from, album, start_payload, provider_at, message_id, part::int, state, attempts, reason_code, reason_text,
        blocked, received_at, file_id, file, pressed, phone, avatar_source
        """

    init(_ row: PostgresRow) throws(PostgresError) {
        var columns = Columns(row)
        id = try columns.next()
        key = ChatKey(account: try columns.next(), chat: try columns.next())
        event = try columns.next()
        profile = CustomerProfile(name: try columns.next(), username: try columns.next(), language: try columns.next())
        kind = try columns.next()
        content = try columns.next()
        externalID = try columns.next()
        replyExternal = try columns.next()
        replyPreview = try columns.next()
        forwardedFrom = try columns.next()
        group = try columns.next()
        startPayload = try columns.next()
        providerAt = try columns.next()
        message = try columns.next()
        part = try columns.next()
        state = try columns.next()
        attempts = try columns.next()
        let code: String? = try columns.next()
        let text: String? = try columns.next()
        reason = code.map { Reason(code: $0, text: text ?? "") }
        blocked = try columns.next() as Bool? ?? false
        receivedAt = try columns.next()
        file = try columns.next()
        editedFile = (try columns.next() as [UInt8]?).flatMap(IncomingFile.init(stored:))
        pressed = try columns.next()
        profile.phone = try columns.next()
        profile.avatarSource = try columns.next()
    }
}
