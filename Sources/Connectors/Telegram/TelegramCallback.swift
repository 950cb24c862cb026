import Domain
import JSON

/// The press of an inline button → a message of kind `callback` that answers the message with the button.
enum TelegramCallback {
    static func read(_ update: TelegramUpdate) -> TelegramIncoming.Reading {
        let query = update.body
        // Without a message it is the button of an inline result, somewhere in a chat that is not ours.
        guard let message = query["message"], !message.isNull else {
            return .skipped(query["id"] == nil ? TelegramIncoming.unreadable : "inline_callback")
        }
        switch TelegramIncoming.place(message["chat"], sender: query["from"]) {
        case .other(let label): return .skipped(label)
        case .privateChat(let chat):
            let id = query["id"]?.string.flatMap { (1...128).contains($0.utf8.count) ? $0 : nil }
            let key = id ?? TelegramIncoming.name(of: update)
            var incoming = IncomingMessage(externalID: "callback-\(key)", content: content(query, id, update.damaged))
            if let pressed = message["message_id"]?.int64 {
                incoming.pressed = String(pressed)
                let text = message["text"]?.string ?? message["caption"]?.string ?? ""
                incoming.replyTo = .init(
                    externalID: String(pressed), preview: text.cut(toBytes: TelegramLimits.previewBytes))
            }
            // A press has no time of its own: the date that stands there is the message's.
            return .item(
                Inbound(
                    key: key, chat: String(chat),
                    profile: TelegramPerson.profile(from: query["from"], chat: message["chat"], id: chat),
                    event: .message(incoming)))
        }
    }

    private static func content(_ query: JSONValue, _ id: String?, _ damaged: Set<String>) -> Content {
        guard let id, let data = query["data"]?.string, data.utf8.count <= TelegramLimits.callbackBytes,
            damaged.isDisjoint(with: ["id", "data"])
        else { return TelegramRaw.unsupported("callback_query", query) }
        return .callback(.init(id: id, data: data))
    }
}
