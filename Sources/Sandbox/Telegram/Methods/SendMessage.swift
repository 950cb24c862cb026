import JSON

extension TelegramWorld {
    /// The order of the checks is the server's: what can be read from the request first, then chat and message, then the text
    /// itself, then what Telegram's own servers refuse.
    func sendMessage(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let draft = try readText(call)
        let options = try readSendOptions(call)
        let chat = try prepareSend(call, options)
        let text = try draft.normalized(knownUser: { self.customers[$0] != nil || $0 == call.bot.bot.id })
        if let problem = options.markup?.deferredFailure { throw problem }
        if chat.isClosed { throw refusal(call, chat) }
        try pass(call, chat)

        var content = [ChatMessage.Member("text", text.text)]
        if !text.entities.isEmpty {
            content.append(ChatMessage.Member("entities", JSONWriter.bytes(of: JSONValue.array(text.entities))))
        }
        if let preview = draft.linkPreview {
            content.append(ChatMessage.Member("link_preview_options", JSONWriter.bytes(of: preview)))
        }
        return .result(send(call, to: chat, text: text.text, content: content, options))
    }

    /// The options that all `send*` methods share, read and not yet compared with the chat.
    struct SendOptions {
        var reply: ReplyParameters?
        var markup: ReplyMarkup?
    }

    func readSendOptions(_ call: TelegramCall) throws(TelegramFailure) -> SendOptions {
        let parameters = call.parameters
        let markup = try ReplyMarkup(parameters["reply_markup"])
        reportLost(markup, call)
        return SendOptions(reply: try ReplyParameters(parameters), markup: markup)
    }

    func reportLost(_ markup: ReplyMarkup?, _ call: TelegramCall) {
        if let lost = markup?.lostButtons, lost > 0 { report(.lostButtons, call, "\(lost) buttons are dropped") }
    }

    /// Finds the chat and judges what the options say about it.
    func prepareSend(_ call: TelegramCall, _ options: SendOptions) throws(TelegramFailure) -> BotChat {
        let parameters = call.parameters
        if parameters.has("business_connection_id") { throw .bad("business connection not found") }
        let chat = try chat(call)
        if parameters.integer("message_thread_id") != 0 { throw .bad("message thread not found") }
        if let reply = options.reply {
            let target = reply.chat.map { call.bot.chats[$0] } ?? chat
            guard let target else { throw .bad("chat not found") }
            guard target.has(reply.messageID) || reply.isOptional else {
                throw .bad("message to be replied not found")
            }
            if let quote = reply.quote, let original = target.message(reply.messageID), !original.text.contains(quote) {
                throw .bad("QUOTE_TEXT_INVALID")
            }
        }
        if !chat.isPrivate, options.markup?.requestsContact == true {
            throw .bad("phone number can be requested in private chats only")
        }
        if parameters.has("suggested_post_parameters") {
            throw .bad("suggested posts can be sent only to channel direct messages")
        }
        if parameters.flag("allow_paid_broadcast") { throw .bad("FLOODSKIP_NOT_ALLOWED") }
        if parameters.has("message_effect_id"), (Int64(parameters["message_effect_id"]) ?? 0) <= 0 {
            throw .bad("EFFECT_ID_INVALID")
        }
        return chat
    }

    /// Puts the message into the chat and gives it as the answer shows it.
    func send(
        _ call: TelegramCall, to chat: BotChat, text: String, content: [ChatMessage.Member], _ options: SendOptions
    ) -> [UInt8] {
        let message = chat.append { id in
            var message = ChatMessage(
                id: id, date: Int(now), isFromBot: true, from: call.bot.userJSON, text: text, content: content, at: now,
                request: call.id)
            if let reply = options.reply, reply.chat == nil || reply.chat == chat.id, chat.has(reply.messageID) {
                message.replyTo = reply.messageID
            }
            if let markup = options.markup {
                message.markup = markup.kind
                message.markupJSON = markup.json
            }
            message.isProtected = call.parameters.flag("protect_content")
            return message
        }
        call.bot.sentCount += 1
        return chat.rendered(message)
    }

    // MARK: chats

    func chat(_ call: TelegramCall) throws(TelegramFailure) -> BotChat {
        guard call.parameters.has("chat_id") else { throw .bad("chat_id is empty") }
        guard let id = call.chat, let chat = call.bot.chats[id] else { throw .bad("chat not found") }
        return chat
    }

    func refusal(_ call: TelegramCall, _ chat: BotChat) -> TelegramFailure {
        if chat.isRefusalKnown { report(.sentToBlocked, call, String(chat.id)) }
        chat.isRefusalKnown = true
        return TelegramFailure(
            403, chat.isPrivate ? "bot was blocked by the user" : "bot was kicked from the group chat")
    }

    /// Refuses a send where the rates are exceeded.
    ///
    /// - Parameter count: an album counts as its messages.
    func pass(_ call: TelegramCall, _ chat: BotChat, count: Int = 1) throws(TelegramFailure) {
        let verdicts = [chat.gate.verdict(now: now), call.bot.gate.verdict(now: now)]
        for verdict in verdicts {
            guard case .refused(let seconds, let isEarly) = verdict else { continue }
            report(isEarly ? .tooEarly : .overRate, call, "retry after \(seconds)")
            throw .tooMany(seconds)
        }
        for _ in 0..<count {
            chat.gate.take()
            call.bot.gate.take()
        }
    }
}
