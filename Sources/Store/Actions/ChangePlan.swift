import AgentProtocol
import Domain
import JSON

/// What an agent does to a message that is out, or on its way.
package enum MessageChange: Sendable, Equatable {
    case text(TextContent, keyboard: Keyboard?)
    case caption(String, keyboard: Keyboard?)
    case delete
}

/// Decides what a change of a message comes to (agent-api.md, `message.edit`, `message.delete`). Pure: the message and its
/// parts in the queue in, what is to be written out.
struct ChangePlan {
    enum Step: Equatable {
        /// The part is still queued: it says something else from now on, or is not sent at all.
        case rewrite(part: Int)
        case withdraw(parts: [Int])
        /// At the messenger.
        case edit(part: Int, externalID: String)
        case delete(part: Int, externalID: String)
    }

    var chat: ChatRow
    var channel: Capabilities?
    var now: Timestamp
    /// Parts in the outbox, and whether they are being sent.
    var queued: [Int: Bool]
    var isAdapted: Bool
    var message: Message
    var steps: [Step] = []
    var events: [EventDraft] = []

    init(
        chat: ChatRow, channel: Capabilities?, now: Timestamp, queued: [Int: Bool], isAdapted: Bool, message: Message
    ) {
        self.chat = chat
        self.channel = channel
        self.now = now
        self.queued = queued
        self.isAdapted = isAdapted
        self.message = message
    }

    /// False: it is so already.
    mutating func apply(_ change: MessageChange, by actor: Actor) throws(EralinkError) -> Bool {
        guard message.direction == .outgoing else {
            throw unsupported(
                "\(change.name).customer", "messages of the customer's can be neither changed nor deleted")
        }
        guard message.agent == actor.name || actor.isSupervisor else {
            throw EralinkError(.forbidden, "message \(message.id) is not yours")
        }
        if message.deletedAt != nil {
            if change == .delete { return false }
            throw conflict("is deleted", state: "deleted")
        }
        if queued.values.contains(true) { throw conflict("is being sent now", state: "sending") }
        switch change {
        case .text(let text, let keyboard):
            guard case .text? = content else {
                throw unsupported("edit.text", "only a text message has a text to edit")
            }
            return try edit(.text(text), keyboard)
        case .caption(let caption, let keyboard):
            guard case .media(let kind, var media)? = content else {
                throw unsupported("edit.caption", "only a media message has a caption to edit")
            }
            media.caption = caption
            return try edit(.media(kind, media), keyboard)
        case .delete:
            try delete()
            return true
        }
    }

    private var content: Content? { try? Content(kind: message.kind, bytes: message.content) }

    private mutating func edit(_ content: Content, _ keyboard: Keyboard?) throws(EralinkError) -> Bool {
        guard message.parts.count == 1, !isAdapted, let part = message.parts.first else {
            throw unsupported("edit.parts", "a message that went out in other parts than itself cannot be edited")
        }
        guard let channel else { throw unsupported("edit", "nothing can be edited over it yet") }
        do throws(ChannelRefusal) {
            try channel.check(content)
            if let keyboard { try channel.check(keyboard) }
        } catch { throw EralinkError(error, chat.account) }
        let bytes = content.jsonBytes
        let shown = keyboard?.jsonBytes ?? message.keyboard
        if bytes == message.content && shown == message.keyboard { return false }
        if queued[part.number] != nil {
            steps = [.rewrite(part: part.number)]
        } else {
            let external = try sent(part, "edit", channel.edit)
            let standing = message.keyboard.flatMap { try? Keyboard(bytes: $0) }
            if !channel.editsUnderReplyKeyboard, standing.map({ $0.style != .inline }) == true {
                throw unsupported("edit.reply_keyboard", "a message that came with a reply keyboard cannot be edited")
            }
            if let keyboard, keyboard.style != .inline {
                throw unsupported("edit.keyboard", "an edit can only change the buttons under a message")
            }
            steps = [.edit(part: part.number, externalID: external)]
        }
        message.content = bytes
        message.keyboard = shown
        message.editedAt = now
        events.append(chat.event(.messageEdited, message))
        return true
    }

    private mutating func delete() throws(EralinkError) {
        let waiting = message.parts.map(\.number).filter { queued[$0] != nil }
        if !waiting.isEmpty { steps.append(.withdraw(parts: waiting)) }
        for part in message.parts where !waiting.contains(part.number) {
            // What failed, expired or was cancelled is not there to be deleted.
            if part.state.isExit && part.externalID == nil && part.state != .unknown { continue }
            steps.append(.delete(part: part.number, externalID: try sent(part, "delete", channel?.delete == true)))
        }
        guard !steps.isEmpty else {
            throw conflict(
                "is \(message.state.rawValue): nothing of it is there to be deleted", state: message.state.rawValue)
        }
        if !waiting.isEmpty {
            for index in message.parts.indices where waiting.contains(message.parts[index].number) {
                message.parts[index].state = .cancelled
                message.parts[index].at = now
                message.parts[index].reason = nil
            }
            message.state = DeliveryState.ofMessage(parts: message.parts.map(\.state))
            events.append(chat.statusEvent(message))
        }
        message.deletedAt = now
        events.append(chat.deletedEvent(message))
    }

    /// The external id of a part that is at the messenger and may still be changed there.
    private func sent(_ part: MessagePart, _ feature: String, _ isSupported: Bool) throws(EralinkError) -> String {
        switch part.state {
        case .sent, .delivered, .read: break
        // Taken out of the queue, its outcome on the way.
        case .accepted, .queued, .sending: throw conflict("is being sent now", state: "sending")
        case .failed, .expired, .cancelled, .unknown, .received:
            throw conflict("is \(part.state.rawValue)", state: part.state.rawValue)
        }
        guard isSupported, let external = part.externalID else {
            throw unsupported(
                feature, "what was sent there can be neither changed nor deleted, as far as \(feature) goes")
        }
        if let most = channel?.maxAgeSeconds, now.since(message.at) > .seconds(most) {
            throw EralinkError(
                .unsupported(
                    "\(feature).age", "message \(message.id) is too old",
                    details: [
                        .init("limit", .integer(Int64(most))), .init("unit", "second"),
                    ]), chat.account)
        }
        return external
    }

    private func unsupported(_ feature: String, _ message: String) -> EralinkError {
        EralinkError(.unsupported(feature, message), chat.account)
    }

    private func conflict(_ what: String, state: String) -> EralinkError {
        EralinkError(.conflict, "message \(message.id) \(what)", details: [.init("state", state)])
    }
}

extension MessageChange {
    fileprivate var name: String {
        switch self {
        case .text, .caption: "edit"
        case .delete: "delete"
        }
    }
}
