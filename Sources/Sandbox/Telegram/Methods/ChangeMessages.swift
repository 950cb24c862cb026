import JSON

/// Captions, deletions of several messages, and reactions of the bot.
extension TelegramWorld {
    func editMessageCaption(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let draft = try readCaption(call)
        let markup = try readInlineMarkup(call)
        let (chat, message) = try editable(call)
        guard message.canHaveCaption else { throw .bad("there is no caption in the message to edit") }
        let caption = try draft.normalized(knownUser: knowsUser(call))
        return try edit(call, chat, message, markup) {
            $0.text = caption.text
            $0.content = $0.content.filter { !$0.name.hasPrefix("caption") } + Self.members(of: caption)
        }
    }

    func deleteMessages(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let chat = try chat(call)
        let list = (try? JSONValue(parsing: call.parameters["message_ids"]))?.array?.compactMap(\.int64) ?? []
        guard !list.isEmpty else { throw .bad("message identifiers are not specified") }
        guard list.count <= 100 else { throw .bad("too many message identifiers specified") }
        for id in list { chat.change(Int(clamping: id)) { $0.isDeleted = true } }
        return .result(Array("true".utf8))
    }

    func setMessageReaction(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let chat = try chat(call)
        let id = call.parameters.integer("message_id")
        guard chat.has(id) else { throw .bad("message to react not found") }
        let text = call.parameters["reaction"]
        let list = text.isEmpty ? [] : (try? JSONValue(parsing: text, limits: .telegram))?.array
        guard let list else { throw .bad("can't parse reaction types JSON object") }
        guard list.count <= 1 else { throw .bad("REACTIONS_TOO_MANY") }
        for reaction in list where reaction["type"]?.string != "emoji" || reaction["emoji"]?.string?.isEmpty != false {
            throw .bad("REACTION_INVALID")
        }
        return .result(Array("true".utf8))
    }
}

extension ChatMessage {
    /// The names of the members that hold what the message says.
    var canHaveCaption: Bool {
        content.contains { member in KeptFile.Kind(rawValue: member.name)?.hasCaption == true }
    }

    var isText: Bool { content.contains { $0.name == "text" } }
}
