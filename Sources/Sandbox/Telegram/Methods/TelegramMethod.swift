/// A method of the Bot API: the parameters it knows, and what it does.
struct TelegramMethod: Sendable {
    /// Nil where all names pass, because nobody judges them.
    let parameters: Set<String>?
    let run: @Sendable (TelegramWorld, TelegramCall) throws(TelegramFailure) -> TelegramOutcome

    init(
        _ parameters: Set<String>?,
        _ run: @escaping @Sendable (TelegramWorld, TelegramCall) throws(TelegramFailure) -> TelegramOutcome
    ) {
        self.parameters = parameters
        self.run = run
    }

    /// By name in lower case. A method that is to be simulated next moves from `notSimulated` to here.
    static let all: [String: TelegramMethod] = [
        "getme": .init([]) { (_, call) throws(TelegramFailure) in .result(call.bot.bot.userJSON(isFull: true)) },
        "getupdates": .init(["offset", "limit", "timeout", "allowed_updates"]) {
            (world, call) throws(TelegramFailure) in try world.getUpdates(call)
        },
        "setwebhook": .init(webhook.union(["drop_pending_updates"])) { (world, call) throws(TelegramFailure) in
            try world.setWebhook(call)
        },
        "deletewebhook": .init(["drop_pending_updates"]) { (world, call) throws(TelegramFailure) in
            world.deleteWebhook(call)
        },
        "getwebhookinfo": .init([]) { (world, call) throws(TelegramFailure) in world.getWebhookInfo(call) },
        "sendmessage": .init(sending.union(text)) { (world, call) throws(TelegramFailure) in
            try world.sendMessage(call)
        },
        "sendchataction": .init(["chat_id", "action", "message_thread_id", "business_connection_id"]) {
            (world, call) throws(TelegramFailure) in try world.sendChatAction(call)
        },
        "editmessagetext": .init(target.union(text).union(["reply_markup"])) {
            (world, call) throws(TelegramFailure) in try world.editMessageText(call)
        },
        "editmessagereplymarkup": .init(target.union(["reply_markup"])) { (world, call) throws(TelegramFailure) in
            try world.editMessageReplyMarkup(call)
        },
        "deletemessage": .init(["chat_id", "message_id"]) { (world, call) throws(TelegramFailure) in
            try world.deleteMessage(call)
        },
        "answercallbackquery": .init(["callback_query_id", "text", "show_alert", "url", "cache_time"]) {
            (world, call) throws(TelegramFailure) in try world.answerCallbackQuery(call)
        },
        "getfile": .init(["file_id"]) { (world, call) throws(TelegramFailure) in try world.getFile(call) },
        "getuserprofilephotos": .init(["user_id", "offset", "limit"]) { (world, call) throws(TelegramFailure) in
            try world.getUserProfilePhotos(call)
        },
        "getchat": .init(["chat_id"]) { (world, call) throws(TelegramFailure) in try world.getChat(call) },
        "sendmediagroup": .init(sending.subtracting(["reply_markup"]).union(["media", "reply_markup"])) {
            (world, call) throws(TelegramFailure) in try world.sendMediaGroup(call)
        },
        "sendcontact": .init(sending.union(["phone_number", "first_name", "last_name", "vcard"])) {
            (world, call) throws(TelegramFailure) in try world.sendContact(call)
        },
        "sendlocation": .init(sending.union(location)) { (world, call) throws(TelegramFailure) in
            try world.sendLocation(call)
        },
        "sendvenue": .init(sending.union(venue)) { (world, call) throws(TelegramFailure) in
            try world.sendVenue(call)
        },
        "forwardmessage": .init(forwarding) { (world, call) throws(TelegramFailure) in try world.forwardMessage(call) },
        "copymessage": .init(
            sending.union(forwarding).union(["caption", "parse_mode", "caption_entities", "show_caption_above_media"])
        ) { (world, call) throws(TelegramFailure) in try world.copyMessage(call) },
        "editmessagecaption": .init(
            target.union(["caption", "parse_mode", "caption_entities", "show_caption_above_media", "reply_markup"])
        ) { (world, call) throws(TelegramFailure) in try world.editMessageCaption(call) },
        "deletemessages": .init(["chat_id", "message_ids"]) { (world, call) throws(TelegramFailure) in
            try world.deleteMessages(call)
        },
        "setmessagereaction": .init(["chat_id", "message_id", "reaction", "is_big"]) {
            (world, call) throws(TelegramFailure) in try world.setMessageReaction(call)
        },
    ].merging(media) { simulated, _ in simulated }.merging(notSimulated) { simulated, _ in simulated }

    private static let media: [String: TelegramMethod] = MediaMethod.all.mapValues { method in
        .init(sending.union(method.parameters)) { (world, call) throws(TelegramFailure) in
            try world.send(call, media: method)
        }
    }

    private static let location: Set<String> = [
        "latitude", "longitude", "horizontal_accuracy", "live_period", "heading", "proximity_alert_radius",
    ]

    private static let venue: Set<String> = [
        "latitude", "longitude", "title", "address", "foursquare_id", "foursquare_type", "google_place_id",
        "google_place_type",
    ]

    private static let forwarding: Set<String> = [
        "chat_id", "from_chat_id", "message_id", "disable_notification", "protect_content", "message_thread_id",
        "video_start_timestamp", "direct_messages_topic_id", "message_effect_id", "suggested_post_parameters",
    ]

    /// Calls that Telegram counts as messages.
    static func isSend(_ name: String) -> Bool {
        (name.hasPrefix("send") && name != "sendchataction") || name.hasPrefix("editmessage")
            || name.hasPrefix("forwardmessage") || name.hasPrefix("copymessage")
    }

    /// What `send*` methods have in common (digest, section 5), with the legacy names that Telegram still takes.
    static let sending: Set<String> = [
        "chat_id", "message_thread_id", "direct_messages_topic_id", "business_connection_id", "disable_notification",
        "protect_content", "allow_paid_broadcast", "message_effect_id", "suggested_post_parameters", "reply_parameters",
        "reply_markup", "reply_to_message_id", "allow_sending_without_reply",
    ]

    private static let text: Set<String> = [
        "text", "parse_mode", "entities", "link_preview_options", "disable_web_page_preview",
    ]

    private static let target: Set<String> = ["chat_id", "message_id", "inline_message_id", "business_connection_id"]

    private static let webhook: Set<String> = [
        "url", "certificate", "ip_address", "max_connections", "allowed_updates", "secret_token",
    ]
}
