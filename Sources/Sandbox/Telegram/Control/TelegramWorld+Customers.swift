import JSON

/// What customers do. Times, ids and updates come out as Telegram would make them.
extension TelegramWorld {
    func createBot(token: String?, username: String, firstName: String) throws(SimulatorError) -> SimulatedBot {
        let id: Int64
        if let token {
            guard let given = token.split(separator: ":").first.flatMap({ Int64($0) }) else {
                throw SimulatorError("a token is <bot id>:<35 characters>")
            }
            id = given
        } else {
            id = nextBot()
        }
        guard bots[id] == nil else { throw SimulatorError("there is a bot \(id) already") }
        let secret = String((0..<35).map { _ in Self.letters[Int.random(in: 0..<Self.letters.count)] })
        let bot = SimulatedBot(
            id: id, token: token ?? "\(id):\(secret)", username: username, firstName: firstName)
        let rates = configuration.rates
        bots[id] = BotState(
            bot: bot, firstUpdateID: configuration.firstUpdateID + botOrder.count * 1_000_000,
            gate: SendGate(
                perSecond: rates?.botPerSecond ?? SendGate.unlimited, burst: rates?.botBurst ?? SendGate.unlimited,
                now: now))
        botOrder.append(id)
        tokens[bot.token] = id
        return bot
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")

    /// The bot of that id; the first one for nil.
    func bot(_ id: Int64?) throws(SimulatorError) -> BotState {
        guard let wanted = id ?? botOrder.first, let bot = bots[wanted] else {
            throw SimulatorError("there is no such bot")
        }
        return bot
    }

    func customer(_ id: Int64) throws(SimulatorError) -> SimulatedCustomer {
        guard let customer = customers[id] else { throw SimulatorError("there is no customer \(id)") }
        return customer
    }

    /// The chat of a customer with the bot, begun where it is not there yet.
    func privateChat(of customer: SimulatedCustomer, with bot: BotState) -> BotChat {
        if let chat = bot.chats[customer.id] { return chat }
        let rates = configuration.rates
        let chat = BotChat(
            id: customer.id, json: customer.chatJSON, kept: configuration.keptMessages,
            gate: SendGate(
                perSecond: rates?.chatPerSecond ?? SendGate.unlimited, burst: rates?.chatBurst ?? SendGate.unlimited,
                now: now))
        bot.chats[customer.id] = chat
        return chat
    }

    func existingChat(_ id: Int64, of bot: BotState) throws(SimulatorError) -> BotChat {
        guard let chat = bot.chats[id] else { throw SimulatorError("the bot has no chat \(id)") }
        return chat
    }

    func write(
        _ message: CustomerMessage, from id: Int64, to bot: BotState
    ) throws(SimulatorError) -> CustomerDelivery {
        let customer = try customer(id)
        let chat: BotChat
        if let group = message.group {
            chat = try existingChat(group, of: bot)
        } else {
            chat = privateChat(of: customer, with: bot)
            if chat.isClosed { throw SimulatorError("customer \(id) has blocked the bot and must unblock it first") }
        }
        let at = message.date ?? now
        let content = content(of: message, for: bot)
        let written = chat.append { id in
            ChatMessage(
                id: id, date: Int(at), isFromBot: false, from: customer.userJSON, text: message.text ?? "",
                content: content, replyTo: message.replyTo, at: at)
        }
        guard !chat.isClosed, chat.isPrivate || isSeenInGroup(written, chat, bot) else {
            return CustomerDelivery(chat: chat.id, messageID: written.id)
        }
        let update = enqueue("message", chat.rendered(written), for: bot, date: at)
        return CustomerDelivery(chat: chat.id, messageID: written.id, updateID: update)
    }

    /// The members that say what the message says; a file is kept first.
    private func content(of message: CustomerMessage, for bot: BotState) -> [ChatMessage.Member] {
        guard let sent = message.file else { return message.content }
        let file = files.keep(sent.kept, for: bot.bot.id)
        return files.members(of: file) + message.content
    }

    /// With privacy mode on, a bot sees commands, replies to itself and mentions only.
    private func isSeenInGroup(_ message: ChatMessage, _ chat: BotChat, _ bot: BotState) -> Bool {
        message.text.hasPrefix("/") || message.text.contains("@\(bot.bot.username)")
            || message.replyTo.flatMap { chat.message($0) }?.isFromBot == true
    }

    func edit(
        _ messageID: Int, to message: CustomerMessage, from id: Int64, of bot: BotState
    ) throws(SimulatorError) -> CustomerDelivery {
        let chat = try existingChat(message.group ?? id, of: bot)
        guard var edited = chat.message(messageID), !edited.isFromBot, !edited.isDeleted else {
            throw SimulatorError("customer \(id) has no message \(messageID) to edit")
        }
        edited.text = message.text ?? ""
        // Without a file of its own the edit is one of the caption.
        let kept = edited.content.filter { KeptFile.Kind(rawValue: $0.name) != nil }
        edited.content = (message.file == nil && message.text == nil ? kept : []) + content(of: message, for: bot)
        edited.editDate = Int(message.date ?? now)
        edited.edits += 1
        chat.change(messageID) { $0 = edited }
        let update = enqueue("edited_message", chat.rendered(edited), for: bot, date: message.date)
        return CustomerDelivery(chat: chat.id, messageID: messageID, updateID: update)
    }

    func setBlocked(_ isBlocked: Bool, by id: Int64, bot: BotState) throws(SimulatorError) -> Int? {
        let customer = try customer(id)
        let chat = try existingChat(id, of: bot)
        guard chat.isClosed != isBlocked else { return nil }
        chat.isClosed = isBlocked
        chat.isRefusalKnown = false
        return membership(of: bot, in: chat, by: customer, from: isBlocked ? "member" : "kicked")
    }

    private func membership(
        of bot: BotState, in chat: BotChat, by customer: SimulatedCustomer, from old: String
    ) -> Int? {
        let payload = JSONWriter.object {
            $0.rawMember("chat", chat.json)
            $0.rawMember("from", customer.userJSON)
            $0.member("date", Int(now))
            for (name, status) in [("old_chat_member", old), ("new_chat_member", chat.isClosed ? "kicked" : "member")] {
                $0.object(name) {
                    $0.rawMember("user", bot.userJSON)
                    $0.member("status", status)
                    if status == "kicked" { $0.member("until_date", 0) }
                }
            }
        }
        return enqueue("my_chat_member", payload, for: bot)
    }

    /// Presses a button of an inline keyboard and gives the id of the callback query.
    func press(
        data: String, on messageID: Int, by id: Int64, in group: Int64?, bot: BotState
    ) throws(SimulatorError) -> String {
        let customer = try customer(id)
        let chat = try existingChat(group ?? id, of: bot)
        guard let message = chat.message(messageID), message.isFromBot, !message.isDeleted else {
            throw SimulatorError("the bot sent no message \(messageID) into chat \(chat.id)")
        }
        guard message.hasButton(data: data) else { throw SimulatorError("message \(messageID) has no such button") }
        let query = nextCallback()
        bot.callbacks[query] = now + UpdateKind.lifetime("callback_query")
        if bot.callbacks.count > 10_000 { bot.callbacks = bot.callbacks.filter { $0.value > now } }
        let payload = JSONWriter.object {
            $0.member("id", query)
            $0.rawMember("from", customer.userJSON)
            $0.rawMember("message", chat.rendered(message))
            $0.member("chat_instance", String(-chat.id * 7 - 1))
            $0.member("data", data)
        }
        enqueue("callback_query", payload, for: bot)
        return query
    }

    /// Sets the reactions of a customer; none take them away.
    func react(
        _ emojis: [String], to messageID: Int, by id: Int64, in group: Int64?, bot: BotState
    ) throws(SimulatorError) -> Int? {
        let customer = try customer(id)
        let chat = try existingChat(group ?? id, of: bot)
        guard chat.has(messageID) else { throw SimulatorError("there is no message \(messageID) in chat \(chat.id)") }
        let before = chat.message(messageID)?.reactions[id] ?? []
        chat.change(messageID) { $0.reactions[id] = emojis }
        let payload = JSONWriter.object { writer in
            writer.rawMember("chat", chat.json)
            writer.member("message_id", messageID)
            writer.rawMember("user", customer.userJSON)
            writer.member("date", Int(now))
            for (name, list) in [("old_reaction", before), ("new_reaction", emojis)] {
                writer.array(name) { writer in
                    for emoji in list {
                        writer.object { writer in
                            writer.member("type", "emoji")
                            writer.member("emoji", emoji)
                        }
                    }
                }
            }
        }
        return enqueue("message_reaction", payload, for: bot)
    }

    func createGroup(title: String, by id: Int64, bot: BotState) throws(SimulatorError) -> Int64 {
        let customer = try customer(id)
        let group = nextGroup()
        let json = JSONWriter.object {
            $0.member("id", group)
            $0.member("title", title)
            $0.member("type", "group")
        }
        let perMinute = configuration.rates?.groupPerMinute
        let chat = BotChat(
            id: group, json: json, kept: configuration.keptMessages,
            gate: SendGate(
                perSecond: perMinute.map { $0 / 60 } ?? SendGate.unlimited, burst: perMinute ?? SendGate.unlimited,
                now: now))
        bot.chats[group] = chat
        _ = membership(of: bot, in: chat, by: customer, from: "left")
        return group
    }

    func revoke(_ bot: BotState) {
        bot.isRevoked = true
        abortPoll(of: bot, TelegramFailure(401, ""))
    }
}

extension ChatMessage {
    fileprivate func hasButton(data: String) -> Bool {
        guard markup == .inline, let rows = (try? JSONValue(parsing: markupJSON))?["inline_keyboard"]?.array else {
            return false
        }
        return rows.contains { ($0.array ?? []).contains { $0["callback_data"]?.string == data } }
    }
}
