/// Telegram's sentences (providers' digest, section 7), by the pieces of them that stay the same when their words change.
enum TelegramRefusals {
    /// The code of a refusal for good, for programs.
    static func code(of error: TelegramError) -> String {
        table.first { error.mentions($0.sentence) }?.code ?? "provider_error"
    }

    /// In lower case; the first that fits counts.
    private static let table: [(sentence: String, code: String)] = [
        ("blocked by the user", "customer_blocked"),
        ("user is deactivated", "customer_deactivated"),
        ("can't initiate conversation", "customer_never_wrote"),
        ("can't send messages to", "customer_unreachable"),
        ("bot was kicked", "customer_unreachable"),
        ("bot is not a member", "customer_unreachable"),
        ("group chat was deleted", "customer_unreachable"),
        ("chat not found", "chat_not_found"),
        ("voice_messages_forbidden", "voice_forbidden"),
        ("restricted receiving of v", "voice_forbidden"),
        ("not enough rights", "no_rights"),
        ("no write access", "no_rights"),
        ("topic_closed", "no_rights"),
        ("reply markup", "invalid_keyboard"),
        ("keyboard", "invalid_keyboard"),
        ("button_", "invalid_keyboard"),
        ("is too long", "too_long"),
        ("text is empty", "empty_text"),
        ("text must be non-empty", "empty_text"),
        ("replied not found", "reply_not_found"),
        ("replied message not found", "reply_not_found"),
        ("to edit not found", "message_not_found"),
        ("to forward not found", "message_not_found"),
        ("to copy not found", "message_not_found"),
        ("can't be edited", "not_editable"),
        ("in the message to edit", "not_editable"),
        ("can't be deleted", "not_deletable"),
        ("protected content", "protected"),
        ("too big", "too_large"),
        ("photo_invalid_dimensions", "invalid_file"),
        ("image_process_failed", "invalid_file"),
        ("file must be non-empty", "invalid_file"),
        ("file identifier", "invalid_file"),
        ("can't use file of type", "invalid_file"),
        ("http url content", "invalid_file"),
        ("type of the web page content", "invalid_file"),
        ("parse_mode", "invalid_entities"),
        ("entit", "invalid_entities"),
    ]

    /// What answers a message that is gone may be sent without it.
    static func isReplyGone(_ error: TelegramError) -> Bool {
        error.mentions("replied not found") || error.mentions("replied message not found")
    }

    /// A text is better read without its marks than not at all.
    static func isEntityProblem(_ error: TelegramError) -> Bool { error.mentions("entit") }

    /// The id by which Telegram had the file does not serve (any more): the file is uploaded.
    static func isDeadReference(_ error: TelegramError) -> Bool {
        ["file identifier", "can't use file of type", "file_reference_", "file_id", "media_empty"]
            .contains(where: error.mentions)
    }

    /// As a document the picture goes as it is.
    static func isNoPhoto(_ error: TelegramError) -> Bool {
        [
            "photo_invalid_dimensions", "image_process_failed", "too big for a photo", "photo_ext_invalid",
            "photo_save_file_invalid",
        ]
        .contains(where: error.mentions)
    }

    /// Refusals that say that things are as they should be.
    static func isDone(_ error: TelegramError, calling method: String) -> Bool {
        guard error.code == 400 else { return false }
        switch method {
        case "deleteMessage": return error.mentions("to delete not found")
        case "answerCallbackQuery":
            return error.mentions("query is too old") || error.mentions("query id is invalid")
                || error.mentions("query_id_invalid")
        default: return error.mentions("message is not modified")
        }
    }
}
