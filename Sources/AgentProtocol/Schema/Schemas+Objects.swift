import Domain

/// The objects that clients get (agent-api.md, "Objects").
extension Schemas {
    package static let reason = SchemaComponent(
        "Reason",
        .object(
            "Why something has the state that it has.",
            [.must("code", .string("For programs.")), .must("text", .string("For people."))]))

    private static let customerMembers: [Schema.Member] = [
        .must("id", .id("the customer")), .must("external_id", .string("Their id at the messenger.")),
        .must("name", .string().nullable), .must("username", .string().nullable),
        .must("phone", .string("E.164 with +; set by the customer's own contact alone.").nullable),
        .must("avatar", .id("the picture's file").nullable), .must("language", .string().nullable),
        .must("blocked", .boolean("Sends are refused until the customer writes again.")),
    ]

    static let interactionCustomer = SchemaComponent(
        "InteractionCustomer", .object("The customer as an interaction shows them.", customerMembers))

    package static let customer = SchemaComponent(
        "Customer",
        .object(
            nil,
            customerMembers + [
                .must("note", .string().nullable),
                .must(
                    "attributes",
                    Schema(.object(.init(members: [], others: .each(.string(), atMost: AgentLimits.attributeCount))))),
            ]))

    static let interactionMembers: [Schema.Member] = [
        .must("id", .id("the interaction")), .must("account", .account), .must("channel", .choice(Channel.self)),
        .must("provider", .choice(Provider.self, "What serves the channel.")),
        .must("state", .choice(InteractionState.self)), .must("agent", .agent("Whose it is.").nullable),
        .must("version", .count("Raised by changes of state, agent and customer, not by messages.")),
        .must("customer", interactionCustomer.reference),
        .must("last_seq", .count("`seq` of the latest message; 0: there is none.")),
        .must("first_customer_at", .time().nullable), .must("last_customer_at", .time().nullable),
        .must("window_expires_at", .time("Until when the channel lets us write.").nullable),
        .must("created_at", .time()), .must("closed_at", .time().nullable),
    ]

    package static let interaction = SchemaComponent(
        "Interaction", .object("One conversation with a customer over an account.", interactionMembers))

    static let part = SchemaComponent(
        "Part",
        .object(
            "One message of the messenger; a text that was cut has several.",
            [
                .must("n", .integer(1...Int64.max)), .must("external_id", .string("Its id at the messenger.").nullable),
                .must("state", .choice(DeliveryState.self)), .must("at", .time("When it took that state.")),
                .must("attempts", .count()), .must("reason", reason.reference.nullable),
            ]))

    static let reply = SchemaComponent(
        "Reply",
        .object(
            "What a message answers.",
            [
                .must("id", .id("the message, where Eralink has it").nullable),
                .must("external_id", .string().nullable),
                .must("preview", .string("Its beginning: \(AgentLimits.previewCharacters) characters.")),
            ]))

    static let forward = SchemaComponent(
        "Forward",
        .object(
            "Where a forwarded message came from.",
            [
                .must("name", .string().nullable), .must("external_id", .string().nullable),
                .must("at", .time().nullable),
            ]))

    package static let message = SchemaComponent(
        "Message",
        .object(
            "A message. `kind` names the member that holds what it says.",
            [
                .must("id", .id("the message")), .must("interaction", .id("its interaction")),
                .must("seq", .integer(1...Int64.max, "Its place in the interaction, without gaps.")),
                .may("msg_id", .msgID), .must("direction", .choice(Direction.self)),
                .must("agent", .agent("Who wrote it.").nullable), .must("kind", .choice(MessageKind.self)),
            ] + MessageKind.allCases.map { .may($0.rawValue, content(of: $0).reference) } + [
                .may("reply_to", reply.reference), .may("forwarded_from", forward.reference),
                .may("group", .string("Messages of one album share it.")), .may("keyboard", keyboard.reference),
                .may("start_payload", .string("What the link held by which the customer came.")),
                .must("at", .time()), .may("provider_at", .time("By the messenger's clock.")),
                .may("edited_at", .time()), .may("deleted_at", .time()),
                .must(
                    "state",
                    .choice(
                        DeliveryState.self,
                        "The first of failed, unknown, expired, cancelled that a part has, else the least advanced.")),
                .may("reason", reason.reference), .must("parts", .list(part.reference)),
            ], rules: [.named(by: "kind", MessageKind.allCases.map(\.rawValue))]))

    package static let file = SchemaComponent(
        "File",
        .object(
            nil,
            [
                .must("file", .id("the file")), .must("account", .account), .must("state", .choice(FileState.self)),
                .must("name", .string().nullable), .must("mime", .string("As it was sniffed.").nullable),
                .must("size", .count("Bytes.").nullable), .must("sha256", .string("Hexadecimal.").nullable),
                .may("reason", reason.reference),
            ]))

    static let presence = SchemaComponent(
        "Presence",
        .object(
            nil,
            [.must("agent", .agent("Who.")), .must("state", .choice(PresenceState.self)), .may("reason", .string())]
        ))
}
