import JSON

/// Bots, and what people do. Every `bot` is the id of one, or nil for the first.
extension SimulatedViber {
    /// - Parameter token: nil for a made-up one.
    @discardableResult
    package func createBot(token: String? = nil, name: String = "Desk") throws -> SimulatedViberBot {
        try core.perform { (world) throws(SimulatorError) in try world.createBot(token: token, name: name) }
    }

    /// Makes a person who is no subscriber of any bot yet.
    @discardableResult
    package func createUser(
        id: String? = nil, name: String = "Ольга", avatar: String? = nil, phone: String = "79991234567",
        apiVersion: Int = 10, isDesktop: Bool = false
    ) -> SimulatedViberUser {
        var made = SimulatedViberUser(
            id: "", name: name, avatar: avatar, phone: phone, language: "ru-RU", country: "RU", apiVersion: apiVersion,
            isDesktop: isDesktop)
        core.note { world in
            made = world.createUser(
                id: id, name: name, avatar: avatar, phone: phone, apiVersion: apiVersion, isDesktop: isDesktop)
        }
        return made
    }

    /// Opens the chat by a button or a deep link.
    @discardableResult
    package func openChat(_ user: String, context: String? = nil, bot: String? = nil) throws -> Int64 {
        try act(bot) { (world, bot) throws(SimulatorError) in try world.openChat(user, bot, context: context) }
    }

    @discardableResult
    package func subscribe(_ user: String, bot: String? = nil) throws -> Int64 {
        try act(bot) { (world, bot) throws(SimulatorError) in try world.subscribe(user, bot) }
    }

    @discardableResult
    package func unsubscribe(_ user: String, bot: String? = nil) throws -> Int64 {
        try act(bot) { (world, bot) throws(SimulatorError) in try world.unsubscribe(user, bot) }
    }

    /// Gives the message's token.
    @discardableResult
    package func write(_ text: String, from user: String, bot: String? = nil) throws -> Int64 {
        try write([("type", "text".jsonBytes), ("text", text.jsonBytes)], from: user, bot: bot)
    }

    /// Any message: its members as JSON, which nobody checks.
    @discardableResult
    package func write(_ message: [(String, [UInt8])], from user: String, bot: String? = nil) throws -> Int64 {
        try act(bot) { (world, bot) throws(SimulatorError) in try world.write(message, user, bot) }
    }

    /// A file at an address of this simulator.
    @discardableResult
    package func write(
        _ type: String, _ file: [UInt8], named name: String, mime: String, text: String? = nil, duration: Int? = nil,
        from user: String, bot: String? = nil
    ) throws -> Int64 {
        let link = host(file, named: name, mime: mime)
        var message = [("type", type.jsonBytes), ("media", link.jsonBytes), ("size", file.count.jsonBytes)]
        if type == "file" { message.append(("file_name", name.jsonBytes)) }
        if let text { message.append(("text", text.jsonBytes)) }
        if let duration { message.append(("duration", duration.jsonBytes)) }
        return try write(message, from: user, bot: bot)
    }

    /// Presses the button with that text; nil where it sends nothing.
    @discardableResult
    package func press(_ text: String, by user: String, bot: String? = nil) throws -> Int64? {
        try act(bot) { (world, bot) throws(SimulatorError) in try world.press(text, user, bot) }
    }

    /// Looks at the chat; gives the token of the `seen` that this made.
    @discardableResult
    package func see(_ user: String, bot: String? = nil) throws -> Int64? {
        try act(bot) { (world, bot) throws(SimulatorError) in try world.see(user, bot) }
    }

    package func deliver(_ token: Int64, bot: String? = nil) throws {
        try act(bot) { (world, bot) throws(SimulatorError) in world.deliver(token, bot) }
    }

    package func fail(_ token: Int64, _ words: String, bot: String? = nil) throws {
        try act(bot) { (world, bot) throws(SimulatorError) in world.fail(token, bot, words) }
    }

    // MARK: files

    /// Puts bytes behind an address and gives that.
    package func host(_ bytes: [UInt8], named name: String, mime: String, failures: Int = 0) -> String {
        host(.bytes(bytes), named: name, mime: mime, failures: failures)
    }

    package func hostEndless(named name: String, mime: String) -> String { host(.endless, named: name, mime: mime) }

    package func hostRedirect(to link: String, named name: String) -> String {
        host(.redirect(link), named: name, mime: "text/html")
    }

    private func host(
        _ behaviour: HostedMedia.Behaviour, named name: String, mime: String, failures: Int = 0
    ) -> String {
        let id = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        core.note { world in
            world.hosted[id] = HostedMedia(
                behaviour: behaviour, type: mime, until: world.now + world.configuration.mediaSeconds,
                failures: failures)
        }
        let path = name.utf8.map { byte -> String in
            let isPlain =
                byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
            return isPlain || byte == UInt8(ascii: ".")
                ? String(Character(Unicode.Scalar(byte))) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        return "\(baseURL)/media/\(id)/\(path)"
    }

    private func act<Value: Sendable>(
        _ bot: String?, _ body: (inout ViberWorld, String) throws(SimulatorError) -> Value
    ) throws(SimulatorError) -> Value {
        try core.perform { (world) throws(SimulatorError) in
            let id = try world.botID(bot)
            return try body(&world, id)
        }
    }
}

extension ViberWorld {
    mutating func createUser(
        id: String?, name: String, avatar: String?, phone: String, apiVersion: Int, isDesktop: Bool
    ) -> SimulatedViberUser {
        let user = SimulatedViberUser(
            id: id ?? nextUserID(), name: name, avatar: avatar, phone: phone, language: "ru-RU", country: "RU",
            apiVersion: apiVersion, isDesktop: isDesktop)
        users[user.id] = user
        return user
    }
}
