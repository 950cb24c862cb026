import JSON

/// What people do.
extension ViberWorld {
    mutating func createBot(token: String?, name: String) throws(SimulatorError) -> SimulatedViberBot {
        let hex = { (count: Int) in String((0..<count).map { _ in Array("0123456789abcdef")[Int.random(in: 0..<16)] }) }
        let token = token ?? "\(hex(16))-\(hex(16))-\(hex(16))"
        guard !bots.values.contains(where: { $0.bot.token == token }) else {
            throw SimulatorError("there is a bot with this token already")
        }
        let bot = SimulatedViberBot(id: "pa:\(9_000_000 + botOrder.count)", token: token, name: name)
        bots[bot.id] = Bot(bot: bot)
        botOrder.append(bot.id)
        return bot
    }

    mutating func openChat(_ user: String, _ bot: String, context: String?) throws(SimulatorError) -> Int64 {
        let person = try self.user(user)
        let isSubscribed = bots[bot]?.chats[user]?.isSubscribed ?? false
        return call(back: bot, "conversation_started", user: user) { writer, state in
            writer.member("type", "open")
            writer.optional("context", context)
            writer.rawMember("user", person.json(withName: state.sendsName, withPhoto: state.sendsPhoto))
            writer.member("subscribed", isSubscribed)
        }
    }

    mutating func subscribe(_ user: String, _ bot: String) throws(SimulatorError) -> Int64 {
        let person = try self.user(user)
        bots[bot]?.chats[user, default: Chat()].isSubscribed = true
        bots[bot]?.chats[user]?.isRefusalKnown = false
        // Context and tracking data of before are void.
        bots[bot]?.chats[user]?.tracking = nil
        return call(back: bot, "subscribed", user: user) { writer, state in
            writer.rawMember("user", person.json(withName: state.sendsName, withPhoto: state.sendsPhoto))
        }
    }

    mutating func unsubscribe(_ user: String, _ bot: String) throws(SimulatorError) -> Int64 {
        _ = try self.user(user)
        bots[bot]?.chats[user, default: Chat()].isSubscribed = false
        return call(back: bot, "unsubscribed", user: user) { writer, _ in writer.member("user_id", user) }
    }

    /// Sends a message: its members without `tracking_data`, which comes along by itself. Who writes is a subscriber.
    mutating func write(
        _ message: [(String, [UInt8])], _ user: String, _ bot: String, isSilent: Bool = false
    ) throws(SimulatorError) -> Int64 {
        let person = try self.user(user)
        var chat = bots[bot]?.chats[user] ?? Chat()
        chat.isSubscribed = true
        chat.isRefusalKnown = false
        chat.unanswered = []
        bots[bot]?.chats[user] = chat
        let tracking = chat.tracking
        return call(back: bot, "message", user: user) { writer, state in
            writer.rawMember("sender", person.json(withName: state.sendsName, withPhoto: state.sendsPhoto))
            writer.object("message") { writer in
                for (name, json) in message { writer.rawMember(name, json) }
                writer.optional("tracking_data", tracking)
            }
            writer.member("silent", isSilent)
        }
    }

    /// Presses the button with that text, of the keyboard that the person sees or of a card in the feed.
    mutating func press(_ text: String, _ user: String, _ bot: String) throws(SimulatorError) -> Int64? {
        let person = try self.user(user)
        let cards = bots[bot]?.sent.filter { $0.user == user && $0.body["rich_media"] != nil } ?? []
        let shown = (bots[bot]?.chats[user]?.keyboard?["Buttons"]?.array ?? []) + cards.reversed().flatMap(\.buttons)
        let label = { (button: JSONValue) in
            (button["Text"]?.string ?? "").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
                .replacing("&amp;", with: "&")
        }
        guard let button = shown.first(where: { label($0) == text && $0["ActionType"]?.string != "none" }) else {
            throw SimulatorError("\(user) sees no button \"\(text)\"")
        }
        let body = button["ActionBody"]?.string ?? ""
        let isSilent = button["Silent"]?.bool ?? false
        switch button["ActionType"]?.string ?? "reply" {
        case "share-phone" where !person.isDesktop:
            let contact = JSONWriter.object {
                $0.member("name", person.name)
                $0.member("phone_number", person.phone)
            }
            return try write([("type", "contact".jsonBytes), ("contact", contact)], user, bot, isSilent: isSilent)
        case "location-picker" where !person.isDesktop:
            let location = Array(#"{"lat":55.7522,"lon":37.6156}"#.utf8)
            return try write([("type", "location".jsonBytes), ("location", location)], user, bot, isSilent: isSilent)
        default:
            return try write([("type", "text".jsonBytes), ("text", body.jsonBytes)], user, bot, isSilent: isSilent)
        }
    }

    /// The person looks at the chat: one `seen` for all that came.
    mutating func see(_ user: String, _ bot: String) throws(SimulatorError) -> Int64? {
        guard let state = bots[bot] else { return nil }
        let fresh = state.sent.indices.filter { index in
            let message = state.sent[index]
            return message.user == user && !message.isSeen && message.failure == nil && message.token != nil
        }
        guard let last = fresh.last, let token = state.sent[last].token else { return nil }
        for index in fresh {
            bots[bot]?.sent[index].isDelivered = true
            bots[bot]?.sent[index].isSeen = true
        }
        call(back: bot, "seen", user: user, token: token) { writer, _ in writer.member("user_id", user) }
        return token
    }
}
