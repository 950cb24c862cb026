import AgentProtocol
import Domain

/// Decides a batch of sends, in the order in which they arrived. Pure: what is known in (their chats locked), answers,
/// writes and events out.
struct SendPlan {
    struct Key: Hashable, Sendable {
        var agent: String
        var msgID: String
    }

    struct Used: Sendable {
        var digest: [UInt8]
        var message: MessageID
    }

    struct Answered: Sendable {
        var message: MessageID
        var customer: CustomerID
        var externalID: String?
        var preview: String
    }

    enum Answer: Sendable {
        case accepted(Message)
        /// Accepted before, by the same key; to be read as it is now.
        case known(MessageID)
        case refused(EralinkError)
    }

    struct New: Sendable {
        var draft: OutgoingDraft
        var message: Message
        var chat: ChatRow
    }

    var now: Timestamp
    var chats: [InteractionID: ChatRow]
    var used: [Key: Used]
    var answered: [MessageID: Answered]
    /// Fresh ids, last one first.
    var freshIDs: [MessageID]
    var check: AdmissionCheck
    /// What is known of the files that are to be sent.
    var files: [FileID: FileRecord] = [:]

    var new: [New] = []
    var events: [EventDraft] = []

    init(
        now: Timestamp, chats: [InteractionID: ChatRow], used: [Key: Used], answered: [MessageID: Answered],
        freshIDs: [MessageID], check: @escaping AdmissionCheck
    ) {
        self.now = now
        self.chats = chats
        self.used = used
        self.answered = answered
        self.freshIDs = freshIDs
        self.check = check
    }

    mutating func take(_ draft: OutgoingDraft) -> Answer {
        guard var chat = chats[draft.interaction], draft.actor.isGranted(chat.account.name) else {
            return .refused(.notFound("interaction \(draft.interaction) does not exist"))
        }
        let key = Key(agent: draft.actor.name, msgID: draft.msgID)
        if let earlier = used[key] {
            guard earlier.digest == draft.digest else {
                return .refused(
                    EralinkError(
                        .conflict, "msg_id \(draft.msgID) was used for another message; choose a fresh one",
                        details: [.init("message", earlier.message.description)]))
            }
            return .known(earlier.message)
        }
        if let refusal = refusal(of: draft, in: chat) { return .refused(refusal) }
        var draft = draft
        if let refusal = complete(&draft, in: chat) ?? check(chat.account, draft) { return .refused(refusal) }
        var reply: ReplyReference?
        if let id = draft.replyTo {
            guard let answered = answered[id], answered.customer == chat.interaction.customer.id else {
                return .refused(.notFound("message \(id), which reply_to names, is not in this chat"))
            }
            reply = ReplyReference(id: id, externalID: answered.externalID, preview: answered.preview)
        }
        guard let id = freshIDs.popLast() else {
            return .refused(EralinkError(.internal, "no message id was left for this message"))
        }
        chat.interaction.lastSeq += 1
        var message = Message(
            id: id, interaction: draft.interaction, seq: chat.interaction.lastSeq, direction: .outgoing,
            kind: draft.content.kind, content: draft.contentJSON, at: now, state: .accepted,
            parts: [MessagePart(number: 1, state: .accepted, at: now)])
        message.msgID = draft.msgID
        message.agent = draft.actor.name
        message.replyTo = reply
        message.group = draft.group
        message.keyboard = draft.keyboardJSON
        chats[draft.interaction] = chat
        used[key] = Used(digest: draft.digest, message: id)
        answered[id] = Answered(
            message: id, customer: chat.interaction.customer.id, externalID: nil, preview: Preview.of(draft.content))
        new.append(New(draft: draft, message: message, chat: chat))
        events.append(chat.event(.messageCreated, message))
        return .accepted(message)
    }

    private func refusal(of draft: OutgoingDraft, in chat: ChatRow) -> EralinkError? {
        let interaction = chat.interaction
        if interaction.state == .closed && !draft.startsChat {
            return EralinkError(
                .conflict, "interaction \(interaction.id) is closed; start a new one with interaction.start",
                details: [.init("state", InteractionState.closed.rawValue)])
        }
        if interaction.agent != draft.actor.name && !draft.actor.isSupervisor && !draft.startsChat {
            return EralinkError(
                .forbidden, "interaction \(interaction.id) is not yours; take it with interaction.accept first")
        }
        if interaction.customer.blocked {
            return EralinkError(.customerBlocked, "the customer has blocked this account")
        }
        return nil
    }
}

extension EralinkError {
    static func notFound(_ message: String) -> EralinkError { EralinkError(.notFound, message) }
}
