import ConnectorKit
import Domain
import JSON

/// One callback → what is stored of it, or the label under which it is counted. Nothing here can fail.
struct ViberIncoming: Sendable {
    enum Reading: Sendable, Equatable {
        case item(Inbound)
        case skipped(String)
    }

    let signature: ViberSignature
    /// When the callback came: Viber's links to files live for an hour from about then.
    let now: Timestamp

    /// The label of a callback that names no customer.
    static let unreadable = "unreadable"

    func read(_ event: ViberEvent) -> Reading {
        switch event.name {
        case "message":
            let message = ViberMessage(signature: signature, now: now)
            return item(event, of: event.body["sender"]) { chat in .message(message.read(event, from: chat)) }
        case "subscribed": return item(event, of: event.body["user"]) { _ in .blocked(false) }
        case "unsubscribed": return item(event, of: event.body["user"]) { _ in .blocked(true) }
        case "conversation_started": return item(event, of: event.body["user"]) { _ in .profile }
        case "delivered": return receipt(event, .delivered)
        case "seen": return receipt(event, .read)
        case "failed": return receipt(event, .failed)
        case "webhook", "client_status", "action": return .skipped(event.name ?? Self.unreadable)
        case .some: return .skipped("unknown_event")
        case nil: return .skipped(Self.unreadable)
        }
    }

    private func item(
        _ event: ViberEvent, of person: JSONValue?, _ content: (String) -> Inbound.Event
    ) -> Reading {
        guard let chat = ViberPerson.id(person?["id"]) ?? ViberPerson.id(event.body["user_id"]) else {
            return .skipped(Self.unreadable)
        }
        let happened = content(chat)
        var profile = ViberPerson.profile(person)
        if case .message(let message) = happened, case .contact(let contact) = message.content, contact.own == true {
            profile = profile ?? CustomerProfile()
            profile?.phone = contact.phone
        }
        return .item(
            Inbound(key: key(event, chat), chat: chat, profile: profile, providerAt: event.at, event: happened))
    }

    /// Viber says `seen` once for all that the customer read at that moment.
    private func receipt(_ event: ViberEvent, _ state: DeliveryState) -> Reading {
        guard let chat = ViberPerson.id(event.body["user_id"]) ?? ViberPerson.id(event.body["user"]?["id"]),
            let token = event.token
        else { return .skipped(Self.unreadable) }
        var report = StatusReport(subject: .external(token), state: state)
        report.coversEarlier = state == .read
        if state == .failed {
            let words = event.body["desc"]?.string ?? ""
            report.reason = Reason(
                code: "provider_error",
                text: words.isEmpty
                    ? "the customer's Viber could not take the message"
                    : words.shortened(toBytes: ViberLimits.reasonBytes))
        }
        return .item(Inbound(key: key(event, chat), chat: chat, providerAt: event.at, event: .status(report)))
    }

    private func key(_ event: ViberEvent, _ chat: String) -> String {
        "\(event.name ?? "")/\(event.identity)/\(chat)"
    }
}
