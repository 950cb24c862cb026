import AgentProtocol
import Domain
import JSON
import TestSupport
import Testing

/// The schemas of answers against the writers, over objects that have everything and objects that have nothing.
@Suite("the schema of every answer says what its writer writes")
struct WritingSchemaTests {
    private static let at = Timestamp(seconds: 1_769_853_600)
    private static let cursor = Cursor(epoch: "e1", position: 5)
    private static let reason = Reason(code: "c", text: "t")

    private static let customers = [
        Customer(id: CustomerID(3), externalID: "42", blocked: false),
        Customer(
            id: CustomerID(3), externalID: "42", name: "Ольга", blocked: false, note: "VIP",
            attributes: [.init(name: "city", value: "Омск")]),
    ]

    private static let interactions = customers.map { customer in
        Interaction(
            id: InteractionID(7), account: "support", channel: .whatsapp, provider: .infobip, state: .active,
            agent: customer.note.map { _ in "anna" }, version: 4, customer: customer, lastSeq: 17,
            firstCustomerAt: customer.note.map { _ in at }, lastCustomerAt: at, createdAt: at)
    }

    private static let parts = [
        MessagePart(number: 1, externalID: "52", state: .sent, at: at, attempts: 1),
        MessagePart(number: 2, state: .failed, at: at, attempts: 1, reason: reason),
    ]

    private static let messages: [Message] =
        contents.flatMap { content in
            let bare = Message(
                id: MessageID(9), interaction: InteractionID(7), seq: 17, direction: .outgoing, kind: content.kind,
                content: content.jsonBytes, at: at, state: .sent, parts: parts)
            var full = bare
            full.msgID = "m1"
            full.agent = "anna"
            full.replyTo = ReplyReference(id: MessageID(8), externalID: "51", preview: "Где?")
            full.forwardedFrom = ForwardOrigin(name: "Иван", externalID: nil, at: at)
            full.group = "g"
            full.keyboard = keyboard.jsonBytes
            full.startPayload = "promo"
            full.providerAt = at
            full.editedAt = at
            full.deletedAt = at
            full.reason = reason
            return [bare, full]
        } + [withKeyboard(Keyboard(style: .remove))]

    private static func withKeyboard(_ keyboard: Keyboard) -> Message {
        var message = Message(
            id: MessageID(9), interaction: InteractionID(7), seq: 17, direction: .outgoing, kind: .text,
            content: Content.text(TextContent(text: "a")).jsonBytes, at: at, state: .sent, parts: [])
        message.keyboard = keyboard.jsonBytes
        return message
    }

    private static let keyboard = Keyboard(
        style: .inline,
        rows: [
            [
                .init(text: "a", kind: .callback, data: "d", color: .primary),
                .init(text: "b", kind: .url, url: "https://a"),
            ]
        ], oneTime: true, persistent: false)

    private static let contents: [Content] =
        ContentTests.contents.map(\.0) + [readyFile]
        + MediaKind.allCases.map { .media($0, MediaContent(file: FileID(5))) }
        + [
            .location(LocationContent(latitude: 1, longitude: 2)),
            .callback(CallbackContent(id: "c", data: "y")),
        ]

    private static let readyFile: Content = {
        var media = MediaContent(file: FileID(5))
        media.state = .ready
        return .media(.image, media)
    }()

    private static let files = [
        StoredFile(
            id: FileID(5), account: "support", state: .ready, name: "p.jpg", mime: "image/jpeg", size: 48211,
            sha256: "ab"),
        StoredFile(id: FileID(5), account: "support", state: .failed, reason: reason),
    ]

    private static let capabilities = CapabilitiesAnswer(
        accounts: [
            Capabilities(
                kinds: Dictionary(
                    uniqueKeysWithValues: MessageKind.allCases.map { kind in
                        (kind, .init(send: .full, receive: true, mime: ["a/b"], maxBytes: 10, captionMax: 1024))
                    }), textMax: 4096, textUnit: .utf16,
                keyboards: .init(reply: .init(rows: 1, perRow: 1, kinds: [.text]), inline: .init(kinds: [.text])),
                maxAgeSeconds: 1, rate: 30, windowHours: 24),
            Capabilities(kinds: [:], textMax: 4096, textUnit: .byte),
        ].map { .init(account: "support", channel: .telegram, provider: .telegram, capabilities: $0) })

    private static let presences = [
        AgentPresence(agent: "bob", state: .away, reason: "lunch"), AgentPresence(agent: "eve", state: .online),
    ]

    private static let events: [AgentEvent] =
        messages.flatMap { [.messageCreated($0), .messageEdited($0), .messageStatus(MessageStatus($0))] }
        + interactions.flatMap { interaction in
            [.created, .accepted, .released, .transferred, .closed, .updated].map { .interaction($0, interaction) }
        } + files.map(AgentEvent.fileUpdated) + customers.map(AgentEvent.customerUpdated)
        + presences.map(AgentEvent.presence) + [
            .messageDeleted(message: MessageID(9), seq: 17, deletedAt: at),
            .messageReaction(message: MessageID(9), seq: 17, emojis: ["👍"], customer: CustomerID(3)),
            .callbackReceived(CallbackContent(id: "c", data: "y"), customer: CustomerID(3)),
            .callbackReceived(CallbackContent(id: "c", data: "y", message: MessageID(9)), customer: CustomerID(3)),
            .accountUpdated(AccountUpdate(account: "support", state: "paused", pausedUntil: at, reason: "429")),
            .accountUpdated(AccountUpdate(account: "support", state: "active")),
            .live, .typing(interaction: InteractionID(7), on: true), .draining(retryAfterMilliseconds: 1500),
        ]

    private static let errors = [
        EralinkError(.rateLimited, "slower", retryAfterMilliseconds: 100),
        EralinkError(
            .conflict, "taken",
            details: [
                .init("agent", "bob"), .init("version", .integer(3)), .init("kinds", .strings(["a"])),
                .init("x", .null),
            ]),
    ]

    private static func results(of method: AgentMethod) -> [[UInt8]] {
        switch method {
        case .sessionHello:
            [true, false].map { isFull in
                HelloResult(
                    agent: "anna", scopes: [.agent], accounts: ["support"], session: "s1", serverTime: at,
                    filesURL: isFull ? "https://f" : nil, cursor: cursor, recovered: true,
                    interactions: interactions.map(\.jsonBytes),
                    interactionsNext: isFull
                        ? PageToken(moment: at, last: .without(createdAt: at, id: InteractionID(3))) : nil
                ).jsonBytes
            }
        case .sessionAck, .presenceSet, .typingSet, .readMark, .callbackAnswer: [AgentResult.empty]
        case .interactionsList:
            [
                Page(
                    items: interactions.map(\.jsonBytes),
                    next: .page(PageToken(moment: at, last: .without(createdAt: at, id: InteractionID(3))))),
                Page(items: [], next: .end),
            ].map(\.jsonBytes)
        case .messagesList:
            [Page(items: messages.map(\.jsonBytes), next: .seq(3)), Page(items: [], next: .end)].map(\.jsonBytes)
        case .interactionGet, .interactionRelease, .interactionTransfer, .interactionClose:
            interactions.map(\.jsonBytes)
        case .interactionAccept: interactions.map { AgentResult.accepted($0, cursor: cursor) }
        case .interactionStart:
            [
                AgentResult.started(interactions[0], message: messages[0].jsonBytes),
                AgentResult.started(interactions[0], message: nil),
            ]
        case .messageSend, .messageForward, .customerAskPhone: messages.map { AgentResult.sent($0.jsonBytes) }
        case .messageEdit, .messageDelete, .messageCancel, .messageRetry: messages.map(\.jsonBytes)
        case .customerGet, .customerUpdate: customers.map(\.jsonBytes)
        case .capabilitiesGet: [capabilities.jsonBytes]
        case .fileLink: [AgentResult.link("http://h/f", expiresAt: at)]
        case .agentsList: [AgentResult.agents(presences)]
        case .watchStart, .watchStop: [AgentResult.watching(from: cursor)]
        }
    }

    @Test("results, events and errors, member by member, in their frames")
    func everything() throws {
        var check = SchemaCheck()
        var problems: [String] = []
        for method in AgentMethod.allCases {
            for result in Self.results(of: method) {
                let frame = try JSONValue(parsing: ServerFrame.result(.string("1"), result))
                problems += check.problems(of: frame, AgentFrame.result(method.result), at: "\(method.rawValue) result")
            }
        }
        for event in Self.events {
            let hasCursor = event.type.isLogged || event.type == .live
            let frame = ServerFrame.event(
                event.type, cursor: hasCursor ? Self.cursor : nil, at: Self.at, interaction: nil, data: event.data)
            problems += check.problems(
                of: try JSONValue(parsing: frame), AgentFrame.event(event.type.params), at: event.type.rawValue)
        }
        for error in Self.errors {
            problems += check.problems(
                of: try JSONValue(parsing: ServerFrame.failure(nil, error)), AgentFrame.failure, at: "failure")
            problems += check.problems(
                of: try JSONValue(parsing: error.problem()), Schemas.problem.schema, at: "Problem")
        }
        #expect(problems == [])
        #expect(check.gaps == [])
        #expect(Set(Self.events.map(\.type)) == Set(EventType.allCases))
    }

    @Test("every error code has its number within the schema's bounds")
    func codes() throws {
        for code in ErrorCode.all {
            var check = SchemaCheck()
            let value = try JSONValue(parsing: EralinkError(code, "m").problem())
            #expect(check.problems(of: value, Schemas.problem.schema, at: code.name) == [])
        }
    }
}
