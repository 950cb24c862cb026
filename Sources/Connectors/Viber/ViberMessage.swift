import ConnectorKit
import Domain
import JSON

/// The `message` of a callback → what is said with it. What has no kind of ours is `unsupported`.
struct ViberMessage: Sendable {
    let signature: ViberSignature
    let now: Timestamp

    func read(_ event: ViberEvent, from chat: String) -> IncomingMessage {
        let message = event.body["message"] ?? .null
        let type = message["type"]?.string ?? "message"
        var incoming = IncomingMessage(
            externalID: event.identity, content: ProviderJSON.unsupported(type, message))
        guard event.damaged.isSubset(of: ["tracking_data", "file_name", "thumbnail"]) else { return incoming }
        let found: Content?
        switch type {
        case "text": found = text(message["text"], event, chat)
        case "url": found = link(message)
        case "picture": found = media(.image, message, &incoming)
        case "video": found = media(.video, message, &incoming)
        case "file": found = media(.document, message, &incoming)
        case "sticker": found = sticker(message, &incoming)
        case "contact": found = contact(message, event.body["sender"], chat)
        case "location": found = Self.location(message["location"])
        default: found = nil
        }
        if let found { incoming.content = found }
        return incoming
    }

    private func text(_ value: JSONValue?, _ event: ViberEvent, _ chat: String) -> Content? {
        guard let text = Self.text(value) else { return nil }
        guard let press = ViberPress(text, in: chat, by: signature) else { return .text(TextContent(text: text)) }
        return .callback(CallbackContent(id: event.identity, data: press.data, message: press.message))
    }

    private func link(_ message: JSONValue) -> Content? {
        guard let link = ViberMedia.webLink(message["media"]) else {
            return Self.text(message["text"]).map { .text(TextContent(text: $0)) }
        }
        guard let text = Self.text(message["text"]), text != link else { return .text(TextContent(text: link)) }
        return .text(TextContent(text: text.contains(link) ? text : "\(text)\n\(link)"))
    }

    private func media(_ kind: MediaKind, _ message: JSONValue, _ incoming: inout IncomingMessage) -> Content? {
        guard let link = ViberMedia.webLink(message["media"]) else { return nil }
        var media = MediaContent(file: .unassigned)
        if let caption = message["text"]?.string, !caption.isEmpty {
            guard caption.utf8.count <= ViberLimits.textBytes else { return nil }
            media.caption = caption
        }
        let duration = message["duration"]?.int64.flatMap(Int.init(exactly:))
        if kind == .video, let duration, (1...86_400).contains(duration) { media.duration = duration }
        incoming.file = IncomingFile(
            source: ViberMedia.Source(link, announcedAt: now).text,
            name: message["file_name"]?.string.flatMap { $0.isEmpty ? nil : $0.shortened(toBytes: 1024) },
            size: Self.size(message["size"]) ?? Self.size(message["file_size"]))
        return .media(kind, media)
    }

    /// Viber's own stickers have a number and nothing to fetch them by; a picture that comes along is taken.
    private func sticker(_ message: JSONValue, _ incoming: inout IncomingMessage) -> Content? {
        guard let number = ViberEvent.token(message["sticker_id"]) else { return nil }
        let name = ViberSticker.name(of: number)
        if let link = ViberMedia.webLink(message["media"]) {
            incoming.file = IncomingFile(source: ViberMedia.Source(link, announcedAt: now).text, name: name)
        } else {
            incoming.file = IncomingFile(
                source: "sticker \(number)", name: name,
                refusal: Reason(
                    code: "unsupported", text: "Viber tells bots only the number of a sticker: \(number)"))
        }
        return .media(.sticker, MediaContent(file: .unassigned))
    }

    private func contact(_ message: JSONValue, _ sender: JSONValue?, _ chat: String) -> Content? {
        let contact = message["contact"]
        guard let given = contact?["phone_number"]?.string, let phone = ViberPhone(given) else { return nil }
        let name = ViberPerson.name(contact?["name"])
        // Viber does not say which button a contact answers. It comes after a message that asked for the phone, and it carries the
        // customer's own name or none: a card of somebody else from the address book has theirs.
        let asked = ViberTracking(message["tracking_data"]?.string, in: chat, by: signature)?.asksPhone == true
        let isOwn = asked && phone.isInternational && (name == nil || name == ViberPerson.name(sender?["name"]))
        return .contact(ContactContent(name: name ?? "", phone: phone.text, own: isOwn ? true : nil))
    }

    static func location(_ location: JSONValue?) -> Content? {
        func degrees(_ value: JSONValue?, _ limit: Double) -> Double? {
            guard let degrees = value?.double ?? value?.string.flatMap(Double.init), degrees.isFinite,
                abs(degrees) <= limit
            else { return nil }
            return degrees
        }
        guard let latitude = degrees(location?["lat"], 90),
            let longitude = degrees(location?["lon"] ?? location?["lng"], 180)
        else { return nil }
        return .location(LocationContent(latitude: latitude, longitude: longitude))
    }

    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.string, !text.isEmpty, text.utf8.count <= ViberLimits.textBytes else { return nil }
        return text
    }

    private static func size(_ value: JSONValue?) -> Int64? {
        guard let size = value?.int64 ?? value?.string.flatMap({ Int64($0) }), size >= 0 else { return nil }
        return size
    }
}
