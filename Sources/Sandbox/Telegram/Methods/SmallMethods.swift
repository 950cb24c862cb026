import JSON

/// Methods that need a few lines each.
extension TelegramWorld {
    private static let actions: Set<String> = [
        "cancel", "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
        "record_audio",
        "upload_audio", "upload_document", "choose_sticker", "find_location", "pick_up_location", "record_video_note",
        "upload_video_note",
    ]

    func sendChatAction(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let action = call.parameters["action"].lowercased()
        guard Self.actions.contains(action) else { throw .bad("wrong parameter action in request") }
        let chat = try chat(call)
        if chat.isClosed { throw refusal(call, chat) }
        call.bot.actions.append((chat.id, action))
        if call.bot.actions.count >= 2000 { call.bot.actions.removeFirst(1000) }
        return .result(Array("true".utf8))
    }

    func answerCallbackQuery(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        guard call.parameters["text"].unicodeScalars.count <= 200 else { throw .bad("MESSAGE_TOO_LONG") }
        guard call.parameters.has("callback_query_id") else { throw .bad("callback_query_id is empty") }
        let id = call.parameters["callback_query_id"]
        guard let ends = call.bot.callbacks.removeValue(forKey: id), ends > now else {
            throw .bad("query is too old and response timeout expired or query ID is invalid")
        }
        call.bot.answeredCallbacks.append(
            SimulatedCallbackAnswer(
                query: id, text: call.parameters["text"], isAlert: call.parameters.flag("show_alert")))
        if call.bot.answeredCallbacks.count >= 2000 { call.bot.answeredCallbacks.removeFirst(1000) }
        return .result(Array("true".utf8))
    }

    func getChat(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let chat = try chat(call)
        guard case .object(let members)? = try? JSONValue(parsing: chat.json) else { return .result(chat.json) }
        let full: [JSONMember] = [
            JSONMember("accent_color_id", .number(0)), JSONMember("max_reaction_count", .number(11)),
            JSONMember(
                "accepted_gift_types",
                .object(
                    ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"]
                        .map {
                            JSONMember($0, .bool(false))
                        })),
        ]
        return .result(JSONWriter.bytes(of: JSONValue.object(members + full)))
    }
}
