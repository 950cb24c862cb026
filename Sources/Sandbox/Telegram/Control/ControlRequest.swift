import JSON

/// The parameters of a call of the control interface.
struct ControlRequest {
    private let parameters: RequestParameters

    init(_ parameters: RequestParameters) { self.parameters = parameters }

    /// Nil where it is missing or empty.
    func text(_ name: String) -> String? { parameters.has(name) ? parameters[name] : nil }

    func flag(_ name: String) -> Bool { parameters.flag(name) }

    func upload(_ part: String) -> UploadedFile? { parameters.file(part) }

    func optionalInteger(_ name: String) throws(SimulatorError) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let value = Int64(text) else { throw SimulatorError("\"\(name)\" must be an integer") }
        return value
    }

    func integer(_ name: String) throws(SimulatorError) -> Int64 {
        guard let value = try optionalInteger(name) else { throw SimulatorError("\"\(name)\" is missing") }
        return value
    }

    func bot(in world: TelegramWorld) throws(SimulatorError) -> BotState { try world.bot(try optionalInteger("bot")) }

    /// `members` is an object whose values are taken as they stand; `raw_text` is the text as a JSON string that nobody checks.
    ///
    /// `kind` is one of a file's (`photo`, `video`, `animation`, `audio`, `voice`, `document`, `sticker`, `video_note`), with the
    /// form's part `file` or `bytes` zeros, `name`, `mime`, `width`, `height`, `duration`, `caption`, `album`; or `contact` with
    /// `phone`, `first_name`, `user`; `location` with `latitude`, `longitude`, `live`; `venue` with `title` and `address` too.
    func message() throws(SimulatorError) -> CustomerMessage {
        var message = try base()
        message.text = text("text")
        message.replyTo = try optionalInteger("reply_to").map { Int($0) }
        message.group = try optionalInteger("group")
        message.date = text("date").flatMap { Double($0) }
        if let name = text("forwarded_from") { message = message.forwarded(from: name) }
        if let quote = text("quote") { message = message.quoting(quote) }
        if let entities = text("entities") {
            guard let value = try? JSONValue(parsing: entities) else { throw SimulatorError("\"entities\" is no JSON") }
            message.entities = value
        }
        if let members = text("members") {
            let bytes = Array(members.utf8)
            guard let places = try? JSONSplitter.members(of: bytes) else {
                throw SimulatorError("\"members\" is no object")
            }
            message.members += places.map { ($0.name, Array(bytes[$0.value])) }
        }
        if let raw = text("raw_text") { message.members.insert(("text", Array(raw.utf8)), at: 0) }
        return message
    }

    private func base() throws(SimulatorError) -> CustomerMessage {
        switch text("kind") {
        case nil, "text": return CustomerMessage()
        case "contact":
            return .contact(
                text("phone") ?? "79990000000", firstName: text("first_name") ?? "Olga",
                user: try optionalInteger("user"))
        case "location": return .location(number("latitude"), number("longitude"), live: try small("live"))
        case "venue":
            return .venue(
                number("latitude"), number("longitude"), title: text("title") ?? "", address: text("address") ?? "")
        case .some(let name):
            guard let kind = CustomerFile.Kind(rawValue: name) else {
                throw SimulatorError("\"kind\" \(name) is not known")
            }
            let upload = upload("file")
            var file = CustomerFile(
                kind, upload?.bytes ?? [], zeros: upload == nil ? try small("bytes") ?? 1000 : nil,
                name: text("name") ?? upload?.filename, mime: text("mime") ?? upload?.mime)
            file.width = try small("width") ?? 0
            file.height = try small("height") ?? 0
            file.duration = try small("duration") ?? 0
            file.isAnimated = flag("animated")
            file.isVideo = flag("video")
            file.emoji = text("emoji")
            return .file(file, caption: text("caption"), album: text("album"))
        }
    }

    private func number(_ name: String) -> Double { text(name).flatMap { Double($0) } ?? 0 }

    private func small(_ name: String) throws(SimulatorError) -> Int? {
        try optionalInteger(name).map { Int(clamping: $0) }
    }

    /// `customers` is how many to make, or a JSON array of ids.
    func crowd(in world: TelegramWorld) throws(SimulatorError) -> [Int64] {
        let text = text("customers") ?? "1"
        if let count = Int(text), count > 0 {
            return (0..<count).map { _ in
                let customer = SimulatedCustomer(id: world.nextCustomer(), firstName: "Crowd")
                world.customers[customer.id] = customer
                return customer.id
            }
        }
        let ids = (try? JSONValue(parsing: text))?.array?.compactMap(\.int64) ?? []
        guard !ids.isEmpty else { throw SimulatorError("\"customers\" must be a number or an array of ids") }
        return ids
    }

    func fault() throws(SimulatorError) -> SimulatedFault {
        let code = Int(try optionalInteger("code") ?? 500)
        let seconds = try optionalInteger("seconds") ?? 1
        let effect: SimulatedFault.Effect
        switch text("effect") {
        case "tooManyRequests": effect = .tooManyRequests(retryAfter: Int(seconds))
        case "failure":
            effect = .failure(code: code, text: text("text") ?? "", migrateTo: try optionalInteger("migrate_to"))
        case "badGateway": effect = .badGateway
        case "unreadable": effect = .unreadable
        case "hang": effect = .hang
        case "drop": effect = .drop
        case "delay": effect = .delay(seconds: Double(seconds))
        default:
            throw SimulatorError(
                "\"effect\" is one of tooManyRequests, failure, badGateway, unreadable, hang, drop, delay")
        }
        return SimulatedFault(
            effect, method: text("method"), chat: try optionalInteger("chat"),
            times: Int(try optionalInteger("times") ?? 1), isTaken: flag("taken"))
    }

    func event() throws(SimulatorError) -> SimulatorEvent {
        let count = Int(try optionalInteger("count") ?? 1)
        switch text("for") {
        case "sent": return .sent(chat: try integer("chat"), count: count)
        case "sentInAll": return .sentInAll(count: count)
        case "polling": return .polling
        case "notPolling": return .notPolling
        case "allConfirmed": return .allConfirmed
        case "called": return .called(method: text("method") ?? "", count: count)
        case "violated":
            guard let kind = text("kind").flatMap(SimulatedViolation.Kind.init(rawValue:)) else {
                throw SimulatorError("\"kind\" is no kind of violation")
            }
            return .violated(kind, count: count)
        default:
            throw SimulatorError(
                "\"for\" is one of sent, sentInAll, polling, notPolling, allConfirmed, called, violated")
        }
    }
}

extension CustomerDelivery: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("chat", chat)
            $0.member("message_id", messageID)
            $0.member("update_id", updateID)
        }
    }
}
