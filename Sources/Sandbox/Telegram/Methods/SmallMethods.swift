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
        guard let ends = call.bot.callbacks.removeValue(forKey: call.parameters["callback_query_id"]), ends > now else {
            throw .bad("query is too old and response timeout expired or query ID is invalid")
        }
        return .result(Array("true".utf8))
    }

    /// No customer sends files yet, so every id is a wrong one.
    func getFile(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        guard call.parameters.has("file_id") else { throw .bad("file_id not specified") }
        throw .bad("invalid file_id")
    }

    func getUserProfilePhotos(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        guard let id = Int64(call.parameters["user_id"]), id > 0 else { throw .bad("invalid user_id specified") }
        guard customers[id] != nil || id == call.bot.bot.id else { throw .bad("user not found") }
        return .result(Array(#"{"total_count":0,"photos":[]}"#.utf8))
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
