import Domain
import JSON

/// What a customer's message answers.
enum TelegramReply {
    static func read(_ message: JSONValue) -> IncomingMessage.Reply? {
        if let answered = message["reply_to_message"], let id = answered["message_id"]?.int64 {
            return .init(externalID: String(id), preview: preview(of: answered, quotedIn: message))
        }
        if let answered = message["external_reply"], answered.object != nil {
            return .init(externalID: elsewhere(answered), preview: preview(of: answered, quotedIn: message))
        }
        if let story = message["reply_to_story"], let id = story["id"]?.int64 {
            let chat = story["chat"]?["id"]?.int64.map(String.init) ?? "?"
            return .init(externalID: "story-\(chat)/\(id)", preview: "")
        }
        return nil
    }

    /// A message of another chat: its id says so, so that it is taken for none of this chat.
    private static func elsewhere(_ answered: JSONValue) -> String {
        let chat = (answered["chat"] ?? answered["origin"]?["chat"])?["id"]?.int64
        let id = (answered["message_id"] ?? answered["origin"]?["message_id"])?.int64
        return "external-\(chat.map(String.init) ?? "?")/\(id.map(String.init) ?? "?")"
    }

    /// What the customer marked of it says more than its beginning.
    private static func preview(of answered: JSONValue, quotedIn message: JSONValue) -> String {
        let text = message["quote"]?["text"]?.string ?? answered["text"]?.string ?? answered["caption"]?.string ?? ""
        return text.cut(toBytes: TelegramLimits.previewBytes)
    }
}
