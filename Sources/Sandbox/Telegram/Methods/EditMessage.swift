import JSON

extension TelegramWorld {
    func editMessageText(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let draft = try readText(call)
        let markup = try readInlineMarkup(call)
        let (chat, message) = try editable(call)
        guard message.isText else { throw .bad("there is no text in the message to edit") }
        let text = try draft.normalized(knownUser: { self.customers[$0] != nil || $0 == call.bot.bot.id })
        var content = [ChatMessage.Member("text", text.text)]
        if !text.entities.isEmpty {
            content.append(ChatMessage.Member("entities", JSONWriter.bytes(of: JSONValue.array(text.entities))))
        }
        if let preview = draft.linkPreview {
            content.append(ChatMessage.Member("link_preview_options", JSONWriter.bytes(of: preview)))
        }
        return try edit(call, chat, message, markup) {
            $0.text = text.text
            $0.content = content
        }
    }

    func editMessageReplyMarkup(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let markup = try readInlineMarkup(call)
        let (chat, message) = try editable(call)
        return try edit(call, chat, message, markup) { _ in }
    }

    func deleteMessage(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let chat = try chat(call)
        let id = call.parameters.integer("message_id")
        guard chat.has(id) else { throw .bad("message to delete not found") }
        if let message = chat.message(id), Int(now) - message.date > 48 * 3600 {
            throw .bad("message can't be deleted for everyone")
        }
        chat.change(id) { $0.isDeleted = true }
        return .result(Array("true".utf8))
    }

    func readInlineMarkup(_ call: TelegramCall) throws(TelegramFailure) -> ReplyMarkup? {
        let markup = try ReplyMarkup(call.parameters["reply_markup"])
        if markup?.kind == .other { throw .bad("inline keyboard expected") }
        reportLost(markup, call)
        return markup
    }

    func editable(_ call: TelegramCall) throws(TelegramFailure) -> (BotChat, ChatMessage) {
        if call.parameters.has("inline_message_id") { throw .bad("MESSAGE_ID_INVALID") }
        let chat = try chat(call)
        let id = call.parameters.integer("message_id")
        guard id != 0 else { throw .bad("message identifier is not specified") }
        guard let message = chat.message(id), !message.isDeleted else { throw .bad("message to edit not found") }
        guard message.isFromBot, message.markup != .other else { throw .bad("message can't be edited") }
        return (chat, message)
    }

    func edit(
        _ call: TelegramCall, _ chat: BotChat, _ message: ChatMessage, _ markup: ReplyMarkup?,
        _ change: (inout ChatMessage) -> Void
    ) throws(TelegramFailure) -> TelegramOutcome {
        if let problem = markup?.deferredFailure { throw problem }
        if chat.isClosed { throw refusal(call, chat) }
        var edited = message
        change(&edited)
        edited.markup = markup?.kind ?? .none
        edited.markupJSON = markup?.json ?? []
        guard !edited.shows(sameAs: message) else {
            throw .bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a current "
                    + "content and reply markup of the message")
        }
        try pass(call, chat)
        edited.editDate = Int(now)
        edited.edits += 1
        chat.change(message.id) { $0 = edited }
        return .result(chat.rendered(edited))
    }
}

extension ChatMessage {
    fileprivate func shows(sameAs other: ChatMessage) -> Bool {
        text == other.text && content.map(\.name) == other.content.map(\.name)
            && content.map(\.json) == other.content.map(\.json) && markup == other.markup
            && markupJSON == other.markupJSON
    }
}
