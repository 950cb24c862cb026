import JSON

/// Forwarding and copying.
extension TelegramWorld {
    func forwardMessage(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let chat = try chat(call)
        let message = try source(call, "forward")
        if message.isProtected { throw .bad("message has protected content and can't be forwarded") }
        if chat.isClosed { throw refusal(call, chat) }
        try pass(call, chat)
        let origin = JSONWriter.object { writer in
            writer.member("type", "user")
            writer.rawMember("sender_user", message.from)
            writer.member("date", message.date)
        }
        let forwarded = [
            ChatMessage.Member("forward_origin", origin), ChatMessage.Member("forward_from", message.from),
            ChatMessage.Member("forward_date", JSONWriter.bytes(of: message.date)),
        ]
        let content = message.content.filter { !$0.name.hasPrefix("forward_") && $0.name != "media_group_id" }
        return .result(send(call, to: chat, text: message.text, content: forwarded + content, SendOptions()))
    }

    func copyMessage(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let caption = try readCaption(call)
        let options = try readSendOptions(call)
        let chat = try prepareSend(call, options)
        let message = try source(call, "copy")
        if message.isProtected { throw .bad("message has protected content and can't be copied") }
        let shown = try caption.normalized(knownUser: knowsUser(call))
        if let problem = options.markup?.deferredFailure { throw problem }
        if chat.isClosed { throw refusal(call, chat) }
        try pass(call, chat)
        var content = message.content.filter { !$0.name.hasPrefix("forward_") && $0.name != "media_group_id" }
        if call.parameters.has("caption"), message.canHaveCaption {
            content = content.filter { !$0.name.hasPrefix("caption") } + Self.members(of: shown)
        }
        _ = send(call, to: chat, text: message.text, content: content, options)
        return .result(JSONWriter.object { $0.member("message_id", chat.lastID) })
    }

    private func source(_ call: TelegramCall, _ verb: String) throws(TelegramFailure) -> ChatMessage {
        guard call.parameters.has("from_chat_id") else { throw .bad("from_chat_id is empty") }
        guard let from = Int64(call.parameters["from_chat_id"]).flatMap({ call.bot.chats[$0] }) else {
            throw .bad("chat not found")
        }
        guard let message = from.message(call.parameters.integer("message_id")), !message.isDeleted else {
            throw .bad("message to \(verb) not found")
        }
        return message
    }
}
