import Domain
import JSON

/// One update → what is stored of it, or the label under which it is counted. Private chats are served; groups, channels
/// and kinds that are nobody's are confirmed and counted.
enum TelegramIncoming {
    enum Reading: Sendable, Equatable {
        case item(Inbound)
        case skipped(String)
    }

    static func read(_ update: TelegramUpdate) -> Reading {
        guard let kind = update.kind else { return .skipped(unreadable) }
        switch kind {
        case "message": return message(update, isEdit: false)
        case "edited_message": return message(update, isEdit: true)
        case "my_chat_member": return membership(update)
        case "message_reaction": return reaction(update)
        case "callback_query": return TelegramCallback.read(update)
        default:
            if case .other(let label) = place(update.body["chat"], sender: nil), label != unreadable {
                return .skipped(label)
            }
            return .skipped(TelegramUpdate.known.contains(kind) ? kind : "unknown_update")
        }
    }

    /// The label of what could not be read at all.
    static let unreadable = "unreadable"

    private static func message(_ update: TelegramUpdate, isEdit: Bool) -> Reading {
        let body = update.body
        switch place(body["chat"], sender: body["from"]) {
        case .other(let label): return .skipped(label)
        case .privateChat(let id):
            let known = body["message_id"]?.int64.map(String.init)
            let message = TelegramMessage.read(
                body, externalID: known ?? "update-\(name(of: update))",
                damaged: known == nil ? update.damaged.union(["message_id"]) : update.damaged, isEdit: isEdit)
            // An edit whose target is not known is shown as something new.
            let event: Inbound.Event = isEdit && known != nil ? .edit(message) : .message(message)
            let at = isEdit ? TelegramTime.timestamp(body["edit_date"]) : nil
            var item = inbound(update, chat: id, at: at ?? TelegramTime.timestamp(body["date"]), event)
            if case .contact(let contact) = message.content, contact.own == true, TelegramPlace.isE164(contact.phone) {
                item.profile = item.profile ?? CustomerProfile()
                item.profile?.phone = contact.phone
            }
            return .item(item)
        }
    }

    /// Of the customer: those of the bot are its own doing.
    private static func reaction(_ update: TelegramUpdate) -> Reading {
        let body = update.body
        switch place(body["chat"], sender: body["user"]) {
        case .other(let label): return .skipped(label)
        case .privateChat(let id):
            guard body["user"]?["id"]?.int64 ?? id == id, let event = TelegramReaction.read(update) else {
                return .skipped("message_reaction")
            }
            return .item(inbound(update, chat: id, at: TelegramTime.timestamp(body["date"]), event))
        }
    }

    /// In a private chat the customer alone can change what the bot is: `kicked` is blocked, `member` is unblocked.
    private static func membership(_ update: TelegramUpdate) -> Reading {
        switch place(update.body["chat"], sender: update.body["from"]) {
        case .other(let label): return .skipped(label)
        case .privateChat(let id):
            let blocked: Bool
            switch update.body["new_chat_member"]?["status"]?.string {
            case "kicked": blocked = true
            case "member": blocked = false
            default: return .skipped("my_chat_member")
            }
            return .item(inbound(update, chat: id, at: TelegramTime.timestamp(update.body["date"]), .blocked(blocked)))
        }
    }

    private static func inbound(
        _ update: TelegramUpdate, chat: Int64, at: Timestamp?, _ event: Inbound.Event
    ) -> Inbound {
        // After an idle week Telegram counts updates from a new, perhaps lower number: the date tells them apart.
        let seconds = (at?.microseconds ?? 0) / 1_000_000
        return Inbound(
            key: "\(name(of: update))/\(seconds)", chat: String(chat),
            profile: TelegramPerson.profile(
                from: update.body["from"] ?? update.body["user"], chat: update.body["chat"], id: chat),
            providerAt: at, event: event)
    }

    /// The update's id, or what tells it apart where it has none.
    static func name(of update: TelegramUpdate) -> String { update.id.map(String.init) ?? "x\(update.digest)" }

    enum Place: Equatable {
        case privateChat(Int64)
        /// Not served; the label says what it is.
        case other(String)
    }

    /// A private chat's id is its user's, and positive; those of groups and channels are negative. Either member may be missing
    /// in an update that is not as it should be.
    static func place(_ chat: JSONValue?, sender: JSONValue?) -> Place {
        guard let chat, chat.object != nil else { return .other(unreadable) }
        let id = chat["id"]?.int64
        switch chat["type"]?.string {
        case "private":
            guard let id = id ?? sender?["id"]?.int64, id > 0 else { return .other(unreadable) }
            return .privateChat(id)
        case .some(let type) where ["group", "supergroup", "channel"].contains(type): return .other(type)
        case .some: return .other("other_chat")
        case .none:
            guard let id else { return .other(unreadable) }
            return id > 0 ? .privateChat(id) : .other("group")
        }
    }
}
