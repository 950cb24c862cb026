import ConnectorKit
import Domain
import JSON

/// A part → the call that sends it. Pure.
enum TelegramOutgoing {
    static func call(
        for part: OutgoingPart, to chat: Int64, file: OutgoingFile?, method: TelegramMediaMethod?, reference: String?,
        marks: Bool, replyTo: Int64?
    ) throws(TelegramUnsendable) -> TelegramCall {
        var call: TelegramCall
        switch part.content {
        case .text(let content): call = text(content, to: chat, marks: marks)
        case .media(_, let media):
            guard let method, let file else { throw unsupported(part.content.kind) }
            call = try self.media(media, to: chat, file: file, method: method, reference: reference)
        case .contact(let contact): call = try self.contact(contact, to: chat)
        case .location(let location): call = self.location(location, to: chat)
        case .template, .callback, .system, .unsupported: throw unsupported(part.content.kind)
        }
        call.json("reply_parameters", replyParameters(replyTo))
        if let keyboard = part.keyboard { call.json("reply_markup", try TelegramKeyboard.encoded(keyboard)) }
        return call
    }

    private static func text(_ content: TextContent, to chat: Int64, marks: Bool) -> TelegramCall {
        var call = TelegramCall("sendMessage")
        call.value("chat_id", chat)
        call.text("text", content.text)
        if marks { call.json("entities", TelegramEntities.encoded(content.entities, of: content.text)) }
        return call
    }

    private static func media(
        _ media: MediaContent, to chat: Int64, file: OutgoingFile, method: TelegramMediaMethod, reference: String?
    ) throws(TelegramUnsendable) -> TelegramCall {
        var call = TelegramCall(method.method)
        call.value("chat_id", chat)
        if let reference {
            call.text(method.name, reference)
        } else {
            try check(file, method)
            call.upload(file, as: method.name)
        }
        try addDetails(of: media, file, method) { call.add($0, $1) }
        return call
    }

    /// What accompanies a file, in a call of its own or in an album's item.
    static func addDetails(
        of media: MediaContent, _ file: OutgoingFile, _ method: TelegramMediaMethod,
        _ add: (String, TelegramCall.Value) -> Void
    ) throws(TelegramUnsendable) {
        if let caption = media.caption, !caption.isEmpty {
            guard method.hasCaption else {
                throw TelegramUnsendable("unsupported", "Telegram shows no text with a \(method.name)")
            }
            guard caption.utf16.count <= TelegramLimits.captionUnits else {
                throw TelegramUnsendable(
                    "too_long", "a caption at Telegram has at most \(TelegramLimits.captionUnits) characters")
            }
            add("caption", .text(caption))
        }
        func number(_ name: String, _ value: Int?) {
            if let value, value > 0 { add(name, .json(JSONWriter.bytes(of: value))) }
        }
        if method.hasDuration { number("duration", media.duration) }
        if method.hasSize {
            number("width", media.width ?? file.width)
            number("height", media.height ?? file.height)
        }
        if method.name == "video" { add("supports_streaming", .json(JSONWriter.bytes(of: true))) }
    }

    /// What Telegram would refuse after the whole file has gone there.
    static func check(_ file: OutgoingFile, _ method: TelegramMediaMethod) throws(TelegramUnsendable) {
        guard file.size > 0 else { throw TelegramUnsendable("invalid_file", "the file \(file.name) is empty") }
        guard file.size <= method.maxBytes else {
            throw TelegramUnsendable(
                "too_large",
                "the file \(file.name) has \(file.size) bytes, and Telegram takes at most \(method.maxBytes) of a \(method.name)"
            )
        }
    }

    private static func contact(_ contact: ContactContent, to chat: Int64) throws(TelegramUnsendable) -> TelegramCall {
        guard !contact.phone.isEmpty else {
            throw TelegramUnsendable("unsupported", "a contact without a telephone number cannot go to Telegram")
        }
        var call = TelegramCall("sendContact")
        call.value("chat_id", chat)
        call.text("phone_number", contact.phone)
        call.text("first_name", contact.name.isEmpty ? contact.phone : contact.name)
        return call
    }

    private static func location(_ location: LocationContent, to chat: Int64) -> TelegramCall {
        // A venue needs both.
        let title = location.title.flatMap { $0.isEmpty ? nil : $0 } ?? location.address
        let address = location.address.flatMap { $0.isEmpty ? nil : $0 } ?? location.title
        var call = TelegramCall(title == nil ? "sendLocation" : "sendVenue")
        call.value("chat_id", chat)
        call.value("latitude", location.latitude)
        call.value("longitude", location.longitude)
        call.text("title", title)
        call.text("address", address)
        return call
    }

    // MARK: pieces of all calls

    static func chat(_ chat: String) throws(TelegramUnsendable) -> Int64 {
        guard let id = Int64(chat) else {
            throw TelegramUnsendable(
                "chat_not_found", "\"\(chat.cut(toBytes: 64))\" is no chat of Telegram: it must be a number")
        }
        return id
    }

    /// What answers something that is no message of this chat (a press, an update without a number, a story) goes without.
    static func replyTarget(_ external: String?) -> Int64? {
        external.flatMap { Int32($0) }.flatMap { $0 > 0 ? Int64($0) : nil }
    }

    static func replyParameters(_ target: Int64?) -> [UInt8]? {
        target.map { target in
            JSONWriter.object { writer in
                writer.member("message_id", target)
                writer.member("allow_sending_without_reply", true)
            }
        }
    }

    /// Nil where the source is no message of Telegram.
    static func forward(_ source: OutgoingPart.ForwardSource, to chat: Int64) -> TelegramCall? {
        guard let from = Int64(source.chat), let message = replyTarget(source.externalID) else { return nil }
        var call = TelegramCall("forwardMessage")
        call.value("chat_id", chat)
        call.value("from_chat_id", from)
        call.value("message_id", message)
        return call
    }

    private static func unsupported(_ kind: MessageKind) -> TelegramUnsendable {
        TelegramUnsendable("unsupported", "messages of kind \(kind.rawValue) cannot be sent to Telegram")
    }

    // MARK: what is no message

    /// `typing` shows for five seconds, or until the next message.
    static func typing(in chat: String) -> TelegramCall? {
        guard let chat = Int64(chat) else { return nil }
        var call = TelegramCall("sendChatAction")
        call.value("chat_id", chat)
        call.text("action", "typing")
        return call
    }

    /// Which kinds of updates are wanted: reactions are not among Telegram's default.
    static let wantedUpdates = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]

    static func poll(from position: Int64?, seconds: Int) -> TelegramCall {
        var call = TelegramCall("getUpdates")
        call.value("offset", position)
        call.value("limit", 100)
        call.value("timeout", seconds)
        call.value("allowed_updates", wantedUpdates)
        return call
    }
}
