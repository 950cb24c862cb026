import Domain

extension AgentMethod {
    private static let interaction = Schema.Member.must("interaction", .id("the interaction"))
    private static let message = Schema.Member.must("message", .id("the message"))
    private static let version = Schema.Member.must("version", .count("The interaction's, as it was last seen."))
    private static let msgID = Schema.Member.must("msg_id", .msgID)
    private static let leaving: [Schema.Member] = [
        .may("reason", .string("For statistics.", length: 0...AgentLimits.shortTextBytes)),
        .may("note", .words("Becomes a system message.", AgentLimits.noteBytes)),
    ]

    /// What `params` holds, as the readers in `Requests` take it.
    package var params: Schema {
        switch self {
        case .sessionHello: Self.hello
        case .sessionAck: .request(nil, [.must("cursor", .cursor("Of the last event that was dealt with."))])
        case .presenceSet:
            .request(
                nil,
                [
                    .must("state", .choice(PresenceState.self)),
                    .may("reason", .string(length: 0...AgentLimits.shortTextBytes)),
                ])
        case .interactionsList: Self.list
        case .interactionGet: .request(nil, [Self.interaction])
        case .interactionAccept: .request(nil, [Self.interaction, Self.version])
        case .interactionRelease, .interactionClose:
            .request(nil, [Self.interaction, Self.version] + Self.leaving)
        case .interactionTransfer:
            .request(
                nil,
                [Self.interaction, Self.version, .must("to", .agent("The agent who takes over."))] + Self.leaving)
        case .interactionStart: Self.start
        case .messageSend:
            Schemas.body(
                nil, before: [Self.interaction, Self.msgID],
                after: [
                    .may("reply_to", .id("the message of the same chat that it answers")),
                    .may(
                        "group",
                        .string(
                            "Sends of one group go out as an album where the channel can.",
                            length: 1...AgentLimits.idBytes)),
                ])
        case .messageEdit:
            .request(
                nil,
                [
                    Self.message, .may("text", Schemas.textToSend.reference),
                    .may("caption", .words("Of a message with a file.")),
                    .may("keyboard", Schemas.keyboardToSend.reference),
                ], rules: [.exactlyOne(["text", "caption"])])
        case .messageDelete, .messageCancel, .messageRetry: .request(nil, [Self.message])
        case .messageForward:
            .request(nil, [Self.message, .must("to_interaction", .id("the interaction it goes to")), Self.msgID])
        case .messagesList: Self.messages
        case .typingSet: .request(nil, [Self.interaction, .must("on", .boolean())])
        case .readMark: .request(nil, [Self.interaction, .must("seq", .count("At most its `last_seq`."))])
        case .customerGet: .request(nil, [.must("customer", .id("the customer"))])
        case .customerAskPhone: .request(nil, [Self.interaction, Self.msgID, .may("text", .words("Stands above it."))])
        case .customerUpdate: Self.customer
        case .callbackAnswer:
            .request(
                nil,
                [
                    .must("callback", .externalID("`id` of the press.")),
                    .may("text", .words("Shown to the customer.", AgentLimits.callbackText)),
                    .may("alert", .boolean("In a box that they must close.")),
                ])
        case .capabilitiesGet: .request(nil, [.may("account", .account)])
        case .fileLink:
            .request(
                nil,
                [
                    .must("file", .id("the file")),
                    .may(
                        "ttl_s",
                        .integer(
                            Int64(AgentLimits.linkSeconds.lowerBound)...Int64(AgentLimits.linkSeconds.upperBound),
                            "Seconds that it holds.")),
                ])
        case .agentsList: .request(nil, [])
        case .watchStart, .watchStop: Schemas.watch.schema
        }
    }

    private static let hello = Schema.request(
        nil,
        [
            .may("token", .string("Where the header does not bring it.", length: 1...AgentLimits.shortTextBytes)),
            .may("client", .string("What the client calls itself.", length: 0...AgentLimits.shortTextBytes)),
            .may(
                "cursor",
                .start(
                    "Where to begin: a cursor, \"last\" (what this agent last acknowledged), or \"at:\" with a date-time. "
                        + "Absent: now.")),
            .may("exclusive", .boolean("Ends this agent's other sessions.")),
            .may("watch", Schemas.watch.reference),
        ])

    private static let list = Schema.request(
        nil,
        [
            .may("from", .time("From this moment on.")), .may("to", .time("Before this moment.")),
            .may("state", .choice(InteractionState.self)), .may("account", .account),
            .may("agent", .agent("Whose they are.")),
            .may("query", .words("Words of the messages or the customer's names.", AgentLimits.shortTextBytes)),
            .may("limit", .limit), .may("page", .page),
        ])

    private static let messages = Schema.request(
        nil,
        [
            interaction, .may("before_seq", .count("Messages before it.")),
            .may("after_seq", .count("Messages after it.")), .may("limit", .limit),
        ], rules: [.notBoth("before_seq", "after_seq")])

    private static let start = Schema.request(
        nil,
        [
            .must("account", .account),
            .must(
                "to",
                .request(
                    nil,
                    [
                        .may("external_id", .externalID("The customer's id at the messenger.")),
                        .may("phone", .phone("E.164 with +, on channels that have phone addresses.")),
                    ], rules: [.exactlyOne(["external_id", "phone"])])),
            .may("msg_id", .msgID), .may("content", Schemas.content.reference),
            .may("take", .boolean("Whether the chat becomes the caller's; true where it is absent.")),
        ], rules: [.needs("content", "msg_id")])

    private static let customer = Schema.request(
        nil,
        [
            .must("customer", .id("the customer")), .may("name", .words("For the agents.", AgentLimits.shortTextBytes)),
            .may("note", .string("Empty: takes it away.", length: 0...AgentLimits.noteBytes)),
            .may(
                "attributes",
                Schema(
                    .object(
                        .init(members: [], others: .each(.string(), atMost: AgentLimits.attributeCount))),
                    "All of them from now on; \(AgentLimits.attributeBytes) bytes of names and values together.")),
        ])
}

extension Schemas {
    private static func names(_ text: String, _ element: Schema) -> Schema {
        .list(element, text, count: 0...AgentLimits.watchCount)
    }

    static let watch = SchemaComponent(
        "Watch",
        .request(
            "A supervisor's: whose events come beside the own ones.",
            [
                .may("accounts", names("Of these accounts.", .account)),
                .may("interactions", names("Of these chats.", .id("an interaction"))),
                .may("agents", names("Of these agents.", .agent("An agent."))),
            ]))
}
