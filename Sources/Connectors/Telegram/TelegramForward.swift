import Domain
import JSON

/// Where a forwarded message came from: `forward_origin`, or the older members that say the same.
enum TelegramForward {
    static func origin(of message: JSONValue) -> ForwardOrigin? {
        if let origin = message["forward_origin"], origin.object != nil {
            return make(
                user: origin["sender_user"], chat: origin["sender_chat"] ?? origin["chat"],
                name: origin["sender_user_name"], date: origin["date"])
        }
        let user = message["forward_from"]
        let chat = message["forward_from_chat"]
        let name = message["forward_sender_name"]
        guard user != nil || chat != nil || name != nil else { return nil }
        return make(user: user, chat: chat, name: name, date: message["forward_date"])
    }

    private static func make(user: JSONValue?, chat: JSONValue?, name: JSONValue?, date: JSONValue?) -> ForwardOrigin {
        let named = user ?? chat
        let title = chat?["title"]?.string ?? name?.string
        return ForwardOrigin(
            name: named.flatMap(TelegramPerson.name(of:)) ?? title?.cut(toBytes: TelegramLimits.nameBytes),
            externalID: named?["id"]?.int64.map(String.init), at: TelegramTime.timestamp(date))
    }
}

enum TelegramTime {
    /// Telegram's seconds since 1970; nil where it is none, or later than the year 9999.
    static func timestamp(_ value: JSONValue?) -> Timestamp? {
        guard let seconds = value?.int64, (1...253_402_300_799).contains(seconds) else { return nil }
        return Timestamp(seconds: seconds)
    }
}
