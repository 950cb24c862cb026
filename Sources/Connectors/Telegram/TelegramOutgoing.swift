import Domain
import JSON

/// A part → the request that sends it. Pure. Absent members are left out: Telegram reads `null` as a text.
enum TelegramOutgoing {
    struct Call: Sendable, Equatable {
        var method: String
        /// JSON.
        var body: [UInt8]
    }

    /// Throws where nothing can be sent; the reason is for the agent.
    static func call(for part: OutgoingPart) throws(TelegramKeyboard.Unsendable) -> Call {
        guard case .text(let content) = part.content else {
            throw unsendable(
                "unsupported", "Telegram messages of kind \(part.content.kind.rawValue) cannot be sent yet")
        }
        guard let chat = Int64(part.chat) else {
            throw unsendable(
                "chat_not_found", "\"\(part.chat.cut(toBytes: 64))\" is no chat of Telegram: it must be a number")
        }
        var writer = JSONWriter(reserving: content.text.utf8.count + 128)
        var problem: TelegramKeyboard.Unsendable?
        writer.object { writer in
            writer.member("chat_id", chat)
            writer.member("text", content.text)
            TelegramEntities.write(content.entities, of: content.text, to: &writer)
            // What answers something that is no message of Telegram (a press, an update without a number) goes without.
            if let answered = part.replyTo.flatMap({ Int32($0) }), answered > 0 {
                writer.object("reply_parameters") { writer in
                    writer.member("message_id", Int(answered))
                    writer.member("allow_sending_without_reply", true)
                }
            }
            guard let keyboard = part.keyboard else { return }
            do throws(TelegramKeyboard.Unsendable) {
                try TelegramKeyboard.write(keyboard, to: &writer)
            } catch {
                problem = error
            }
        }
        if let problem { throw problem }
        return Call(method: "sendMessage", body: writer.bytes)
    }

    /// `typing` shows for five seconds, or until the next message.
    static func typing(in chat: String) -> Call? {
        guard let chat = Int64(chat) else { return nil }
        let body = JSONWriter.object { writer in
            writer.member("chat_id", chat)
            writer.member("action", "typing")
        }
        return Call(method: "sendChatAction", body: body)
    }

    /// Which kinds of updates are wanted: reactions are not among Telegram's default.
    static let wantedUpdates = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]

    static func poll(from position: Int64?, seconds: Int) -> Call {
        let body = JSONWriter.object { writer in
            writer.optional("offset", position)
            writer.member("limit", 100)
            writer.member("timeout", seconds)
            writer.member("allowed_updates", wantedUpdates)
        }
        return Call(method: "getUpdates", body: body)
    }

    private static func unsendable(_ code: String, _ text: String) -> TelegramKeyboard.Unsendable {
        .init(reason: Reason(code: code, text: text))
    }
}
