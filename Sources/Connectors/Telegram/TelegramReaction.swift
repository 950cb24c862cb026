import Domain
import JSON

/// `message_reaction` → the full set of what the customer thinks of a message now.
enum TelegramReaction {
    static func read(_ update: TelegramUpdate) -> Inbound.Event? {
        let body = update.body
        guard let id = body["message_id"]?.int64, let list = body["new_reaction"]?.array,
            update.damaged.isDisjoint(with: ["message_id", "new_reaction"])
        else { return nil }
        return .reaction(externalID: String(id), emojis: list.prefix(TelegramLimits.reactions).compactMap(emoji))
    }

    /// A custom emoji is a picture that has no character: its id stands for it.
    private static func emoji(_ reaction: JSONValue) -> String? {
        switch reaction["type"]?.string {
        case "emoji": reaction["emoji"]?.string.map { $0.cut(toBytes: 64) }
        case "custom_emoji": reaction["custom_emoji_id"]?.string.map { "custom:\($0.cut(toBytes: 64))" }
        case "paid": "⭐"
        default: nil
        }
    }
}
