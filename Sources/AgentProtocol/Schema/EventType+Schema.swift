import Domain

extension EventType {
    /// When it comes, for documents.
    package var text: String {
        switch self {
        case .messageCreated: "A message was written, by whomever; own sends included."
        case .messageEdited: "A message has another text or keyboard."
        case .messageStatus: "A message's delivery has gone on."
        case .messageDeleted: "A message was deleted."
        case .messageReaction: "The reactions to a message, all of them as they are now."
        case .callbackReceived: "A button was pressed."
        case .fileUpdated: "A file has arrived, or will not."
        case .interactionCreated: "A chat was opened."
        case .interactionAccepted: "An agent has taken a chat."
        case .interactionReleased: "A chat waits again."
        case .interactionTransferred: "A chat has another agent."
        case .interactionClosed: "A chat has ended."
        case .interactionUpdated: "Its version has risen for another reason."
        case .customerUpdated: "What is known of a customer has changed."
        case .accountUpdated: "An account works, pauses, or stands still."
        case .live: "The replay is over; comes again after ten minutes without other events."
        case .typing: "The customer types."
        case .presence: "A colleague comes or goes."
        case .draining: "This server is about to stop: connect again after that time."
        }
    }

    /// Its `data`, as `AgentEvent` writes it.
    package var data: Schema {
        switch self {
        case .messageCreated, .messageEdited: Schemas.message.reference
        case .messageStatus:
            .object(
                nil,
                Self.place + [
                    .must("state", .choice(DeliveryState.self)), .may("reason", Schemas.reason.reference),
                    .must("parts", .list(Schemas.part.reference)),
                ])
        case .messageDeleted: .object(nil, Self.place + [.must("deleted_at", .time())])
        case .messageReaction:
            .object(nil, Self.place + [.must("emojis", .list(.string())), .must("customer", .id("the customer"))])
        case .callbackReceived:
            .object(
                nil,
                [
                    .must("callback", .string("What `callback.answer` takes.")), .must("data", .string()),
                    .may("message", .id("the message whose button was pressed")),
                    .must("customer", .id("the customer")),
                ])
        case .fileUpdated: Schemas.file.reference
        case .interactionCreated, .interactionAccepted, .interactionReleased, .interactionTransferred,
            .interactionClosed, .interactionUpdated:
            Schemas.interaction.reference
        case .customerUpdated: Schemas.customer.reference
        case .accountUpdated:
            .object(
                nil,
                [
                    .must("account", .account), .must("state", .string("`paused`, or another word.")),
                    .may("paused_until", .time()), .may("reason", .string()),
                ])
        case .live: .object("Empty.", [])
        case .typing: .object(nil, [.must("interaction", .id("the interaction")), .must("on", .boolean())])
        case .presence: Schemas.presence.reference
        case .draining: .object(nil, [.must("retry_after_ms", .count())])
        }
    }

    private static let place: [Schema.Member] = [
        .must("message", .id("the message")), .must("seq", .integer(1...Int64.max, "Its place in the interaction.")),
    ]

    /// `params` of the notification `event`.
    package var params: Schema {
        let cursor = Schema.cursor("What `session.ack` and the next `session.hello` take.")
        let hasCursor = isLogged || self == .live
        return .object(
            nil,
            (hasCursor ? [.must("cursor", cursor)] : []) + [
                .must("type", .constant(rawValue)), .must("at", .time()),
                .must("interaction", .id("the interaction that it belongs to").nullable), .must("data", data),
            ])
    }
}
