import ConnectorKit
import Domain
import JSON

/// A part → the request that sends it.
struct ViberOutgoing: Sendable {
    struct Sender: Sendable, Equatable {
        var name: String
        var avatar: String?
    }

    struct Request: Sendable, Equatable {
        /// JSON of `send_message`.
        var body: [UInt8]
        /// The same without what an old Viber does not understand (status 13), where that can be left out.
        var plainer: [UInt8]?
        /// Whether the customer has a button for the phone from now on.
        var asksPhone: Bool
    }

    let sender: Sender
    let signature: ViberSignature
    let files: any OutgoingFiles

    /// - Parameter asked: whether the keyboard that the customer sees asks for the phone: a message without one leaves it there, but
    ///   would wipe out what comes back with an answer to it.
    func request(for part: OutgoingPart, asked: Bool) async throws(ViberUnsendable) -> Request {
        var keyboard: ViberKeyboard?
        if let given = part.keyboard { keyboard = try ViberKeyboard(given, of: part, by: signature) }
        let said = try await body(of: part)
        let asksPhone = keyboard?.asksPhone ?? asked
        if let keyboard, case .text(let text) = said, let card = keyboard.cardJSON(under: text) {
            // The card leaves the keyboard under the input as it is.
            return Request(
                body: try json(part, .card(json: card, text: text), nil, ViberKeyboard.cardLevel, asksPhone: asked),
                plainer: try json(part, said, keyboard, 1, asksPhone: asksPhone), asksPhone: asked)
        }
        return Request(
            body: try json(part, said, keyboard, keyboard?.level ?? 1, asksPhone: asksPhone), plainer: nil,
            asksPhone: asksPhone)
    }

    private func json(
        _ part: OutgoingPart, _ said: ViberBody, _ keyboard: ViberKeyboard?, _ level: Int, asksPhone: Bool
    ) throws(ViberUnsendable) -> [UInt8] {
        let tracking = ViberTracking(asksPhone: asksPhone).text(in: part.chat, by: signature)
        let body = JSONWriter.object { writer in
            writer.member("receiver", part.chat)
            said.write(to: &writer)
            writer.object("sender") {
                $0.member("name", sender.name)
                $0.optional("avatar", sender.avatar)
            }
            writer.optional("tracking_data", tracking)
            if level > 1 { writer.member("min_api_version", level) }
            if let keyboard { writer.rawMember("keyboard", keyboard.keyboardJSON) }
        }
        guard body.count <= ViberLimits.requestBytes else {
            throw ViberUnsendable(
                "too_long", "a message of Viber is at most \(ViberLimits.requestBytes) bytes long with its buttons")
        }
        return body
    }

    private func body(of part: OutgoingPart) async throws(ViberUnsendable) -> ViberBody {
        switch part.content {
        case .text(let text): return try ViberBody.text(text)
        case .contact(let contact): return try ViberBody.contact(contact)
        case .location(let place): return try ViberBody.location(place)
        case .media(let kind, let media):
            let file = try await file(media.file)
            if kind == .sticker, let number = ViberSticker.number(inName: file.name) { return .sticker(number) }
            guard let link = files.link(to: file.fetched) else {
                throw ViberUnsendable(
                    .accountRefused(
                        Reason(
                            code: "unsupported",
                            text: "Viber fetches files from public_url, which the account has not: set it")))
            }
            return try ViberBody.media(kind, media, file, link: link)
        case .template, .callback, .system, .unsupported:
            throw ViberUnsendable("unsupported", "Viber has no messages of kind \(part.content.kind.rawValue)")
        }
    }

    private func file(_ id: FileID) async throws(ViberUnsendable) -> OutgoingFile {
        do throws(EralinkError) {
            return try await files.file(id)
        } catch {
            let reason = Reason(code: error.code.name, text: error.message)
            throw ViberUnsendable(error.retryable ? .notTaken(reason) : .refused(reason, blocked: false))
        }
    }
}
