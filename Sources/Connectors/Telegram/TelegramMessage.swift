import Domain
import JSON

/// Telegram's Message → what is said with it. Pure: nothing here can fail, what has no kind is `unsupported`.
enum TelegramMessage {
    /// `damaged`: the members that could not be kept as they came (`TelegramUpdate.damaged`).
    static func read(
        _ message: JSONValue, externalID: String, damaged: Set<String> = [], isEdit: Bool = false
    ) -> IncomingMessage {
        let type = providerType(of: message)
        let (content, file) =
            damaged.isSubset(of: names)
            ? content(type, of: message, isEdit: isEdit) : (TelegramRaw.unsupported(type, message), nil)
        var incoming = IncomingMessage(externalID: externalID, content: content, file: file)
        incoming.replyTo = TelegramReply.read(message)
        incoming.forwardedFrom = TelegramForward.origin(of: message)
        incoming.group = message["media_group_id"]?.string.map { $0.cut(toBytes: 64) }
        if case .text(let text) = content { incoming.startPayload = startPayload(text.text) }
        return incoming
    }

    private static func content(
        _ type: String, of message: JSONValue, isEdit: Bool
    ) -> (Content, IncomingFile?) {
        switch type {
        case "text":
            if let text = message["text"]?.string, !text.isEmpty, text.utf8.count <= TelegramLimits.textBytes {
                return (.text(.init(text: text, entities: TelegramEntities.read(message["entities"], of: text))), nil)
            }
        case "contact":
            if let contact = TelegramPlace.contact(message) { return (.contact(contact), nil) }
        case "location", "venue":
            if let location = TelegramPlace.location(message, isEdit: isEdit) { return (location, nil) }
        default:
            if (message["caption"]?.string?.utf8.count ?? 0) <= TelegramLimits.textBytes,
                let media = TelegramMedia.read(type, of: message)
            {
                return (media.content, media.file)
            }
        }
        return (TelegramRaw.unsupported(type, message), nil)
    }

    /// The member that says what the message holds. Animation, venue and live photo come with a second member for old
    /// clients, so they are looked for first; an unknown member is named as it is.
    static func providerType(of message: JSONValue) -> String {
        let names = message.object?.filter { !$0.value.isNull }.map(\.name) ?? []
        return contents.first { names.contains($0) } ?? names.first { !envelope.contains($0) } ?? "message"
    }

    /// `/start PAYLOAD` of a deep link: 1 to 64 of `A-Za-z0-9_-`.
    private static func startPayload(_ text: String) -> String? {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2, words[0] == "/start" || words[0].hasPrefix("/start@") else { return nil }
        guard (1...64).contains(words[1].utf8.count) else { return nil }
        let isPayload = words[1].unicodeScalars.allSatisfy { scalar in
            scalar == "_" || scalar == "-" || scalar.isASCII && scalar.properties.isAlphabetic
                || ("0"..."9").contains(scalar)
        }
        return isPayload ? String(words[1]) : nil
    }

    /// Members that give names: a flaw in a name leaves the text as it came, and hiding all that a person with such a name
    /// writes would help nobody.
    private static let names: Set<String> = [
        "from", "chat", "sender_chat", "via_bot", "forward_origin", "forward_from", "forward_from_chat",
        "forward_sender_name", "forward_signature", "author_signature",
    ]

    private static let contents = [
        "text", "animation", "venue", "live_photo", "photo", "video", "video_note", "voice", "audio", "document",
        "sticker", "contact", "location", "dice", "poll", "story", "paid_media", "checklist", "game", "invoice",
    ]

    private static let envelope: Set<String> = [
        "message_id", "chat", "date", "from", "sender_chat", "message_thread_id", "is_topic_message", "edit_date",
        "author_signature", "via_bot", "has_protected_content", "media_group_id", "reply_markup", "effect_id",
        "forward_origin", "reply_to_message", "external_reply", "quote", "reply_to_story", "forward_from",
        "forward_from_chat", "forward_from_message_id", "forward_sender_name", "forward_signature", "forward_date",
        "is_automatic_forward", "is_from_offline", "is_paid_post", "sender_boost_count", "sender_business_bot",
        "business_connection_id", "paid_star_count", "direct_messages_topic", "suggested_post_info", "entities",
        "link_preview_options", "caption", "caption_entities", "show_caption_above_media", "has_media_spoiler",
        "reply_to_checklist_task_id", "sender_tag",
    ]
}
