import AgentProtocol
import Domain
import JSON

/// Decides what a batch of the inbox does to chats, messages and the event log. Pure: rows and what is known in, writes and
/// events out. The rows come oldest first, and everything that they touch is locked.
struct IngestPlan {
    struct CustomerState: Sendable {
        var account: AccountID
        var accountName: String
        var customer: Customer
        var avatarSource: String?
        /// Made in this transaction: nobody knows an earlier name.
        var isNew = false
        var changed = false
    }

    struct ChatState: Sendable {
        var row: ChatRow
        /// Born in this transaction, and not announced yet.
        var isNew = false
        var changed = false
    }

    struct MessageState: Sendable {
        var message: Message
        var externalID: String?
        var file: FileID?
        /// What tells its file apart at the messenger.
        var fileKey: String?
        var changed = false
    }

    struct ExternalKey: Hashable, Sendable {
        var customer: CustomerID
        var external: String
    }

    struct NewMessage: Sendable {
        var message: Message
        var account: AccountID
        var customer: CustomerID
        var externalID: String?
        var file: FileID?
        var receivedAt: Timestamp
    }

    /// A file that is to be fetched: an edit's, or a customer's picture.
    struct NewFile: Sendable {
        var announced: AnnouncedFile
        var role: String
        var key: InboxRow.ChatKey
    }

    /// How long a status, edit or reaction waits for the message that it is about.
    static let patience = Duration.seconds(600)

    // What is known.
    var now: Timestamp
    var customers: [InboxRow.ChatKey: CustomerState]
    var chats: [InteractionID: ChatState]
    var openChats: [CustomerID: InteractionID]
    var messages: [MessageID: MessageState]
    var byExternal: [ExternalKey: MessageID]
    /// Fresh ids, last one first.
    var freshIDs: [MessageID]

    // What follows.
    var newMessages: [NewMessage] = []
    var newFiles: [NewFile] = []
    var events: [EventDraft] = []
    var taken: [Int64] = []
    var deferred: [Int64] = []
    /// Chats in which a message became known by its external id: what waited for it is looked up again.
    var awakened: Set<InboxRow.ChatKey> = []
    /// Rows given up, by reason, to be counted.
    var dropped: [String: Int] = [:]

    private var newIndex: [MessageID: Int] = [:]

    init(
        now: Timestamp, customers: [InboxRow.ChatKey: CustomerState], chats: [InteractionID: ChatState],
        openChats: [CustomerID: InteractionID], messages: [MessageID: MessageState],
        byExternal: [ExternalKey: MessageID], freshIDs: [MessageID]
    ) {
        self.now = now
        self.customers = customers
        self.chats = chats
        self.openChats = openChats
        self.messages = messages
        self.byExternal = byExternal
        self.freshIDs = freshIDs
    }

    mutating func take(_ row: InboxRow) {
        guard var customer = customers[row.key] else { return drop(row, "customer missing") }
        let before = customer.customer
        apply(row.profile, to: &customer.customer)
        notePicture(row, of: &customer)
        switch row.event {
        case .message: customer.customer.blocked = false
        case .blocked: customer.customer.blocked = row.blocked
        case .status where row.blocked, .statusUpTo where row.blocked: customer.customer.blocked = true
        case .edit, .status, .statusUpTo, .reaction, .profile, .file: break
        }
        if customer.customer != before {
            customer.changed = true
            customers[row.key] = customer
            announceChange(of: customer)
        }
        switch row.event {
        case .message: message(row, from: customer)
        case .edit: edit(row, of: customer.customer.id)
        case .status, .statusUpTo: receipt(row, of: customer.customer.id)
        case .reaction: reaction(row, of: customer.customer.id)
        case .file: file(row)
        case .blocked, .profile: taken.append(row.id)
        }
    }

    private func apply(_ profile: CustomerProfile, to customer: inout Customer) {
        if let name = profile.name { customer.name = name }
        if let username = profile.username { customer.username = username }
        if let language = profile.language { customer.language = language }
        if let phone = profile.phone { customer.phone = phone }
    }

    /// Another picture than before is fetched anew.
    private mutating func notePicture(_ row: InboxRow, of state: inout CustomerState) {
        guard let source = row.profile.avatarSource, source != state.avatarSource else { return }
        let picture = AnnouncedFile(id: .random(), file: IncomingFile(source: source))
        newFiles.append(NewFile(announced: picture, role: "avatar", key: row.key))
        state.avatarSource = source
        state.customer.avatar = picture.id
    }

    private mutating func announceChange(of state: CustomerState) {
        let chatID = openChats[state.customer.id]
        if state.isNew {
            if let chatID { chats[chatID]?.row.interaction.customer = state.customer }
            return
        }
        let agent = chatID.flatMap { chats[$0]?.row.interaction.agent }
        events.append(
            EventDraft(
                type: .customerUpdated, account: state.account, accountName: state.accountName, interaction: chatID,
                agent: agent, data: state.customer.jsonBytes))
        guard let chatID, var chat = chats[chatID] else { return }
        chat.row.interaction.customer = state.customer
        if !chat.isNew {
            chat.row.interaction.version += 1
            chat.changed = true
            events.append(chat.row.event(.interactionUpdated))
        }
        chats[chatID] = chat
    }

    private mutating func message(_ row: InboxRow, from customer: CustomerState) {
        guard let chatID = openChats[customer.customer.id], var chat = chats[chatID], let kind = row.kind,
            var content = row.content, let id = freshIDs.popLast()
        else { return drop(row, "incomplete row") }
        chat.row.interaction.customer = customer.customer
        chat.row.interaction.lastSeq += 1
        chat.row.interaction.lastCustomerAt = now
        if chat.row.interaction.firstCustomerAt == nil { chat.row.interaction.firstCustomerAt = now }
        chat.changed = true
        let press = kind == .callback ? press(row, &content, by: customer.customer.id) : nil
        var message = Message(
            id: id, interaction: chatID, seq: chat.row.interaction.lastSeq, direction: .incoming, kind: kind,
            content: content, at: now, state: .received,
            parts: [MessagePart(number: 1, externalID: row.externalID, state: .received, at: row.receivedAt)])
        if let external = row.replyExternal {
            let answered = byExternal[ExternalKey(customer: customer.customer.id, external: external)]
            message.replyTo = ReplyReference(id: answered, externalID: external, preview: row.replyPreview ?? "")
        }
        message.forwardedFrom = row.forwardedFrom.flatMap(ForwardOrigin.init(stored:))
        message.group = row.group
        message.startPayload = row.startPayload
        message.providerAt = row.providerAt
        if chat.isNew {
            chat.isNew = false
            events.append(chat.row.event(.interactionCreated))
        }
        events.append(chat.row.event(.messageCreated, message))
        if let press { events.append(chat.row.event(press)) }
        chats[chatID] = chat
        if let external = row.externalID {
            byExternal[ExternalKey(customer: customer.customer.id, external: external)] = id
            awakened.insert(row.key)
        }
        newIndex[id] = newMessages.count
        newMessages.append(
            NewMessage(
                message: message, account: row.key.account, customer: customer.customer.id, externalID: row.externalID,
                file: row.file, receivedAt: row.receivedAt))
        taken.append(row.id)
    }

    /// What the press of a button says; the content gets the message's id, where it is known.
    private func press(_ row: InboxRow, _ content: inout [UInt8], by customer: CustomerID) -> CallbackReceived? {
        guard case .callback(var press)? = try? Content(kind: .callback, bytes: content) else { return nil }
        if let external = row.pressed ?? row.replyExternal,
            let pressed = byExternal[ExternalKey(customer: customer, external: external)]
        {
            press.message = pressed
            content = Content.callback(press).jsonBytes
        }
        return CallbackReceived(callback: press.id, data: press.data, message: press.message, customer: customer)
    }

    private mutating func edit(_ row: InboxRow, of customer: CustomerID) {
        guard var content = row.content, let kind = row.kind, let external = row.externalID else {
            return drop(row, "incomplete row")
        }
        guard let id = byExternal[ExternalKey(customer: customer, external: external)] else { return waitOrDrop(row) }
        taken.append(row.id)
        let editedAt = row.providerAt ?? now
        let file = keepFile(row, of: id, in: &content)
        if let index = newIndex[id] {
            guard newMessages[index].message.content != content else { return }
            newMessages[index].message.content = content
            newMessages[index].message.kind = kind
            newMessages[index].message.editedAt = editedAt
            newMessages[index].file = file
            announce(newMessages[index].message, .messageEdited)
        } else if var state = messages[id] {
            // A messenger also reports edits that change nothing an agent can see.
            guard state.message.content != content else { return }
            state.message.content = content
            state.message.kind = kind
            state.message.editedAt = editedAt
            state.file = file
            state.changed = true
            messages[id] = state
            announce(state.message, .messageEdited)
        }
    }

    /// The file that an edited message has from now on, and what its content says of it: the same as before, unless the
    /// messenger says that it is another one.
    private mutating func keepFile(_ row: InboxRow, of id: MessageID, in content: inout [UInt8]) -> FileID? {
        guard let kind = row.kind, let incoming = row.editedFile,
            case .media(let mediaKind, var media)? = try? Content(kind: kind, bytes: content)
        else { return nil }
        let before = newIndex[id].map { newMessages[$0].message } ?? messages[id]?.message
        let known = newIndex[id].map { newMessages[$0].file } ?? messages[id]?.file
        let isSame = messages[id].map { $0.fileKey == incoming.uniqueKey } ?? true
        if let known, isSame, let before,
            case .media(_, let old)? = try? Content(kind: before.kind, bytes: before.content)
        {
            media.file = known
            media.state = old.state
            media.mime = old.mime
            media.size = old.size
            media.name = old.name
            content = Content.media(mediaKind, media).jsonBytes
            return known
        }
        let announced = AnnouncedFile(id: .random(), file: incoming, width: media.width, height: media.height)
        newFiles.append(NewFile(announced: announced, role: "message", key: row.key))
        media.describe(announced)
        content = Content.media(mediaKind, media).jsonBytes
        return announced.id
    }

    private mutating func reaction(_ row: InboxRow, of customer: CustomerID) {
        guard let external = row.externalID, let emojis = row.content else { return drop(row, "incomplete row") }
        guard let id = byExternal[ExternalKey(customer: customer, external: external)] else { return waitOrDrop(row) }
        taken.append(row.id)
        guard let message = newIndex[id].map({ newMessages[$0].message }) ?? messages[id]?.message,
            let chat = chats[message.interaction]
        else { return }
        let list = (try? JSONValue(parsing: emojis))?.array?.compactMap(\.string) ?? []
        events.append(
            chat.row.event(
                MessageReaction(message: id, seq: message.seq, emojis: list, customer: customer), on: message))
    }

    /// A file's bytes are there, or never will be: the messages that show it say so.
    private mutating func file(_ row: InboxRow) {
        taken.append(row.id)
        guard let id = row.file, let facts = row.content, let file = StoredFile(stored: facts) else { return }
        var told: ChatState?
        for (index, new) in newMessages.enumerated() where new.file == id {
            guard let content = new.message.content.describing(file, new.message.kind) else { continue }
            newMessages[index].message.content = content
            told = told ?? chats[new.message.interaction]
        }
        for (message, var state) in messages where state.file == id {
            guard let content = state.message.content.describing(file, state.message.kind) else { continue }
            state.message.content = content
            state.changed = true
            messages[message] = state
            told = told ?? chats[state.message.interaction]
        }
        // A customer's picture belongs to no message; it concerns the chat that is open.
        let chat = told ?? customers[row.key].flatMap { openChats[$0.customer.id] }.flatMap { chats[$0] }
        if let chat { events.append(chat.row.event(.fileUpdated, facts)) }
    }

    mutating func status(_ row: InboxRow, of customer: CustomerID) {
        guard let next = row.state else { return drop(row, "incomplete row") }
        let id: MessageID
        if let known = row.message {
            id = known
        } else if let external = row.externalID {
            guard let found = byExternal[ExternalKey(customer: customer, external: external)] else {
                return waitOrDrop(row)
            }
            id = found
        } else {
            return drop(row, "incomplete row")
        }
        guard var state = messages[id] else { return drop(row, "message missing") }
        taken.append(row.id)
        let report = PartReport(
            number: row.part ?? 1, state: next, externalID: row.message != nil ? row.externalID : nil,
            attempts: row.attempts, at: row.providerAt ?? row.receivedAt, reason: row.reason)
        guard let change = state.message.take(report) else { return }
        if change.named, let external = row.externalID {
            if report.number == 1 { state.externalID = external }
            byExternal[ExternalKey(customer: customer, external: external)] = id
            awakened.insert(row.key)
        }
        state.changed = true
        messages[id] = state
        if change.moved, let chat = chats[state.message.interaction] {
            events.append(chat.row.statusEvent(state.message))
        }
    }

    private mutating func announce(_ message: Message, _ type: EventType) {
        guard let chat = chats[message.interaction] else { return }
        events.append(chat.row.event(type, message))
    }

    private mutating func waitOrDrop(_ row: InboxRow) {
        if now.since(row.receivedAt) < Self.patience {
            deferred.append(row.id)
        } else {
            drop(row, "message never came")
        }
    }

    private mutating func drop(_ row: InboxRow, _ reason: String) {
        taken.append(row.id)
        dropped[reason, default: 0] += 1
    }
}
