import Domain

extension AgentMethod {
    /// What `result` holds, as `AgentResult` and the objects write it.
    package var result: Schema {
        switch self {
        case .sessionHello: Self.helloResult
        case .interactionsList:
            .object(
                nil,
                [
                    .must("items", .list(Schemas.interaction.reference)),
                    .must("next", Schema.string("`page` of the next page; null at the end.").nullable),
                ])
        case .interactionGet, .interactionRelease, .interactionTransfer, .interactionClose:
            Schemas.interaction.reference
        case .interactionAccept:
            .object(
                "The interaction, now mine.",
                Schemas.interactionMembers + [
                    .must(
                        "cursor",
                        .cursor("From here on its messages come as events; earlier ones are in `messages.list`."))
                ])
        case .interactionStart:
            .object(
                nil,
                [.must("interaction", Schemas.interaction.reference), .may("message", Schemas.message.reference)])
        case .messageSend, .messageForward, .customerAskPhone:
            .object(nil, [.must("message", Schemas.message.reference)])
        case .messageEdit, .messageDelete, .messageCancel, .messageRetry: Schemas.message.reference
        case .messagesList:
            .object(
                nil,
                [
                    .must("items", .list(Schemas.message.reference)),
                    .must("next", Schema.count("The same bound of the next page; null at the end.").nullable),
                ])
        case .customerGet, .customerUpdate: Schemas.customer.reference
        case .capabilitiesGet: Schemas.capabilities.reference
        case .fileLink: .object(nil, [.must("url", .string(format: "uri")), .must("expires_at", .time())])
        case .agentsList: .object(nil, [.must("agents", .list(Schemas.presence.reference))])
        case .watchStart, .watchStop: .object(nil, [.must("cursor", .cursor("From here on it is live."))])
        case .sessionAck, .presenceSet, .typingSet, .readMark, .callbackAnswer: .object("Empty.", [])
        }
    }

    private static let helloResult = Schema.object(
        nil,
        [
            .must("agent", .agent("Who the token makes us.")), .must("scopes", .list(.choice(Scope.self))),
            .must("accounts", .list(.account, "Those that the token holds for.")),
            .must("session", .string("The session's id.")), .must("server_time", .time()),
            .must("ping_seconds", .count("How often the server pings.")),
            .must("max_frame_bytes", .count("Of one message, either way.")),
            .must("max_in_flight", .count("Requests without a reply yet; past it `rate_limited`.")),
            .must("files_url", .string("Where files are up- and downloaded.").nullable),
            .must("epoch", .string("Names one life of the event log.")),
            .must("cursor", .cursor("Where `interactions` was read: the end of the replay, or now.")),
            .must("recovered", .boolean("False: nothing is replayed, the client reloads.")),
            .must("interactions", .list(Schemas.interaction.reference, "One's own active ones, at most 200.")),
            .must("interactions_next", Schema.string("`page` where `interactions.list` goes on.").nullable),
            .must("features", .list(.string())),
        ])
}
