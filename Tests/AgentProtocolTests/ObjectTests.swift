import AgentProtocol
import Domain
import JSON
import Testing

@Suite("objects of the contract")
struct ObjectTests {
    private let at = Timestamp(seconds: 1_769_853_600)
    private let time = "2026-01-31T10:00:00.000Z"

    private var customer: Customer {
        Customer(
            id: CustomerID(3), externalID: "42", name: "Ольга", blocked: false, note: "VIP",
            attributes: [.init(name: "city", value: "Омск")])
    }

    private var interaction: Interaction {
        Interaction(
            id: InteractionID(7), account: "support", channel: .whatsapp, provider: .infobip, state: .active,
            agent: "anna", version: 4,
            customer: customer, lastSeq: 17, firstCustomerAt: at, lastCustomerAt: at, createdAt: at)
    }

    private func message(_ kind: MessageKind = .text, _ content: String = #"{"text":"Вот"}"#) -> Message {
        Message(
            id: MessageID(9), interaction: InteractionID(7), seq: 17, direction: .outgoing, kind: kind,
            content: Array(content.utf8), at: at,
            state: .sent, parts: [MessagePart(number: 1, externalID: "52", state: .sent, at: at, attempts: 1)])
    }

    @Test("a message that has everything has the members of the contract's sample, in its order")
    func fullMessage() {
        var message = message(.image, #"{"file":"5","caption":"Вот"}"#)
        message.msgID = "m1"
        message.agent = "anna"
        message.replyTo = ReplyReference(id: MessageID(8), externalID: "51", preview: "Где?")
        message.forwardedFrom = ForwardOrigin(name: "Иван", externalID: nil, at: at)
        message.group = "g"
        message.keyboard = Array(#"{"type":"remove","rows":[]}"#.utf8)
        message.startPayload = "promo"
        message.providerAt = at
        message.editedAt = at
        message.deletedAt = at
        message.reason = Reason(code: "blocked", text: "the customer blocked the bot")
        #expect(
            text(message.jsonBytes)
                == #"{"id":"9","interaction":"7","seq":17,"msg_id":"m1","direction":"out","agent":"anna","kind":"image","#
                + #""image":{"file":"5","caption":"Вот"},"reply_to":{"id":"8","external_id":"51","preview":"Где?"},"#
                + #""forwarded_from":{"name":"Иван","external_id":null,"at":"\#(time)"},"group":"g","keyboard":{"type":"remove","rows":[]},"#
                + #""start_payload":"promo","at":"\#(time)","provider_at":"\#(time)","edited_at":"\#(time)","deleted_at":"\#(time)","#
                + #""state":"sent","reason":{"code":"blocked","text":"the customer blocked the bot"},"#
                + #""parts":[{"n":1,"external_id":"52","state":"sent","at":"\#(time)","attempts":1,"reason":null}]}"#)
    }

    @Test("what does not apply to a message is absent, what always stands is null or empty")
    func bareMessage() {
        var message = message()
        message.direction = .incoming
        message.state = .received
        message.parts = []
        #expect(
            text(message.jsonBytes)
                == #"{"id":"9","interaction":"7","seq":17,"direction":"in","agent":null,"kind":"text","text":{"text":"Вот"},"#
                + #""at":"\#(time)","state":"received","parts":[]}"#)
    }

    @Test("an interaction has all of its members always")
    func wholeInteraction() {
        #expect(
            text(interaction.jsonBytes)
                == #"{"id":"7","account":"support","channel":"whatsapp","provider":"infobip","state":"active","agent":"anna","version":4,"#
                + #""customer":{"id":"3","external_id":"42","name":"Ольга","username":null,"phone":null,"avatar":null,"language":null,"#
                + #""blocked":false},"last_seq":17,"first_customer_at":"\#(time)","last_customer_at":"\#(time)","window_expires_at":null,"#
                + #""created_at":"\#(time)","closed_at":null}"#)
    }

    @Test("a customer by itself has note and attributes besides")
    func wholeCustomer() {
        #expect(
            text(customer.jsonBytes)
                == #"{"id":"3","external_id":"42","name":"Ольга","username":null,"phone":null,"avatar":null,"language":null,"#
                + #""blocked":false,"note":"VIP","attributes":{"city":"Омск"}}"#)
    }

    @Test("a file")
    func file() {
        let file = StoredFile(
            id: FileID(5), account: "support", state: .ready, name: "p.jpg", mime: "image/jpeg", size: 48211,
            sha256: "ab")
        #expect(
            text(file.jsonBytes)
                == #"{"file":"5","account":"support","state":"ready","name":"p.jpg","mime":"image/jpeg","size":48211,"sha256":"ab"}"#
        )
    }

    @Test("hello answers with the members of the contract's sample, in its order")
    func hello() throws {
        let result = HelloResult(
            agent: "anna", scopes: [.agent], accounts: ["support"], session: "s1", serverTime: at, filesURL: nil,
            cursor: Cursor(epoch: "e1", position: 5), recovered: true, interactions: [interaction.jsonBytes])
        #expect(
            text(JSONWriter.bytes(of: result))
                == #"{"agent":"anna","scopes":["agent"],"accounts":["support"],"session":"s1","server_time":"\#(time)","ping_seconds":25,"#
                + #""max_frame_bytes":262144,"max_in_flight":1000,"files_url":null,"epoch":"e1","cursor":"e1-5","recovered":true,"#
                + #""interactions":[\#(text(interaction.jsonBytes))],"interactions_next":null,"features":[]}"#)
    }

    @Test("results are what the table says")
    func results() {
        let shown = text(interaction.jsonBytes)
        let cursor = Cursor(epoch: "e1", position: 5)
        #expect(text(AgentResult.sent(message().jsonBytes)) == #"{"message":\#(text(message().jsonBytes))}"#)
        #expect(text(AgentResult.accepted(interaction, cursor: cursor)) == shown.dropLast() + #","cursor":"e1-5"}"#)
        #expect(text(AgentResult.started(interaction, message: nil)) == #"{"interaction":\#(shown)}"#)
        #expect(
            text(AgentResult.started(interaction, message: Array("{}".utf8)))
                == #"{"interaction":\#(shown),"message":{}}"#)
        #expect(text(AgentResult.watching(from: cursor)) == #"{"cursor":"e1-5"}"#)
        #expect(
            text(
                AgentResult.agents([
                    AgentPresence(agent: "bob", state: .away, reason: "lunch"),
                    AgentPresence(agent: "eve", state: .online),
                ]))
                == #"{"agents":[{"agent":"bob","state":"away","reason":"lunch"},{"agent":"eve","state":"online"}]}"#)
        #expect(text(AgentResult.link("http://h/f", expiresAt: at)) == #"{"url":"http://h/f","expires_at":"\#(time)"}"#)
        #expect(
            text(JSONWriter.bytes(of: Page(items: [Array("1".utf8), Array("2".utf8)], next: .seq(3))))
                == #"{"items":[1,2],"next":3}"#)
        #expect(text(JSONWriter.bytes(of: Page(items: [], next: .end))) == #"{"items":[],"next":null}"#)
    }

    @Test("every event's data has the members of the contract's table")
    func events() {
        let shown = text(interaction.jsonBytes)
        let part = #"{"n":1,"external_id":"52","state":"sent","at":"\#(time)","attempts":1,"reason":null}"#
        let file = StoredFile(
            id: FileID(5), account: "support", state: .failed, reason: Reason(code: "gone", text: "t"))
        let rows: [(AgentEvent, EventType, String)] = [
            (.messageCreated(message()), .messageCreated, text(message().jsonBytes)),
            (.messageEdited(message()), .messageEdited, text(message().jsonBytes)),
            (
                .messageStatus(MessageStatus(message())), .messageStatus,
                #"{"message":"9","seq":17,"state":"sent","parts":[\#(part)]}"#
            ),
            (
                .messageStatus(
                    MessageStatus(
                        message: MessageID(9), seq: 17, state: .failed, reason: Reason(code: "c", text: "t"), parts: [])
                ),
                .messageStatus,
                #"{"message":"9","seq":17,"state":"failed","reason":{"code":"c","text":"t"},"parts":[]}"#
            ),
            (
                .messageDeleted(message: MessageID(9), seq: 17, deletedAt: at), .messageDeleted,
                #"{"message":"9","seq":17,"deleted_at":"\#(time)"}"#
            ),
            (
                .messageReaction(message: MessageID(9), seq: 17, emojis: ["👍"], customer: CustomerID(3)),
                .messageReaction,
                #"{"message":"9","seq":17,"emojis":["👍"],"customer":"3"}"#
            ),
            (
                .callbackReceived(CallbackContent(id: "c", data: "y"), customer: CustomerID(3)), .callbackReceived,
                #"{"callback":"c","data":"y","customer":"3"}"#
            ),
            (
                .callbackReceived(CallbackContent(id: "c", data: "y", message: MessageID(9)), customer: CustomerID(3)),
                .callbackReceived,
                #"{"callback":"c","data":"y","message":"9","customer":"3"}"#
            ),
            (
                .fileUpdated(file), .fileUpdated,
                #"{"file":"5","account":"support","state":"failed","name":null,"mime":null,"size":null,"sha256":null,"reason":{"code":"gone","text":"t"}}"#
            ),
            (.interaction(.created, interaction), .interactionCreated, shown),
            (.interaction(.accepted, interaction), .interactionAccepted, shown),
            (.interaction(.released, interaction), .interactionReleased, shown),
            (.interaction(.transferred, interaction), .interactionTransferred, shown),
            (.interaction(.closed, interaction), .interactionClosed, shown),
            (.interaction(.updated, interaction), .interactionUpdated, shown),
            (.customerUpdated(customer), .customerUpdated, text(customer.jsonBytes)),
            (
                .accountUpdated(AccountUpdate(account: "support", state: "paused", pausedUntil: at, reason: "429")),
                .accountUpdated,
                #"{"account":"support","state":"paused","paused_until":"\#(time)","reason":"429"}"#
            ),
            (
                .accountUpdated(AccountUpdate(account: "support", state: "active")), .accountUpdated,
                #"{"account":"support","state":"active"}"#
            ),
            (.live, .live, "{}"),
            (.typing(interaction: InteractionID(7), on: true), .typing, #"{"interaction":"7","on":true}"#),
            (.presence(AgentPresence(agent: "bob", state: .offline)), .presence, #"{"agent":"bob","state":"offline"}"#),
            (.draining(retryAfterMilliseconds: 1500), .draining, #"{"retry_after_ms":1500}"#),
        ]
        for (event, type, data) in rows {
            #expect(event.type == type)
            #expect(text(event.data) == data)
        }
        #expect(Set(rows.map(\.1)) == Set(EventType.allCases))
        #expect(EventType.allCases.filter { !$0.isLogged } == [.live, .typing, .presence, .draining])
    }

    @Test("capabilities, with an etag that changes when they do")
    func capabilities() {
        var capabilities = Capabilities(
            kinds: [
                .image: .init(send: .full, receive: true, mime: ["image/jpeg"], maxBytes: 10, captionMax: 1024),
                .text: .init(send: .full, receive: true),
            ],
            textMax: 4096, textUnit: .utf16,
            keyboards: .init(reply: .init(kinds: [.text]), inline: .init(kinds: [.callback])),
            edit: true, typing: true,
            startByExternalID: true, rate: 30)
        func answer() -> CapabilitiesAnswer {
            CapabilitiesAnswer(accounts: [
                .init(account: "support", channel: .telegram, provider: .telegram, capabilities: capabilities)
            ])
        }
        let before = answer()
        #expect(
            text(JSONWriter.bytes(of: before))
                == #"{"etag":"\#(before.etag)","accounts":[{"account":"support","channel":"telegram","provider":"telegram","kinds":{"#
                + #""text":{"send":"full","receive":true,"mime":[],"max_bytes":null,"caption_max":null},"#
                + #""image":{"send":"full","receive":true,"mime":["image/jpeg"],"max_bytes":10,"caption_max":1024}},"#
                + #""text":{"max":4096,"unit":"utf16"},"keyboards":{"reply":true,"inline":true,"rows":null,"buttons":null,"#
                + #""kinds":["text","callback"]},"edit":true,"delete":false,"max_age_s":null,"typing":true,"read_mark":false,"#
                + #""delivered":false,"read":false,"start":{"external_id":true,"phone":false},"rate":30.0,"window_hours":null}]}"#
        )
        #expect(answer().etag == before.etag)
        capabilities.textMax = 4000
        #expect(answer().etag != before.etag)
    }

    @Test("text is counted in the channel's own unit")
    func units() {
        let text = "a😀e\u{301}"
        #expect(Capabilities.TextUnit.utf16.length(of: text) == 5)
        #expect(Capabilities.TextUnit.grapheme.length(of: text) == 3)
        #expect(Capabilities.TextUnit.byte.length(of: text) == 8)
    }

    @Test("a page holds what a frame does, and one item at least")
    func pages() {
        #expect(Page.fitting([10, 10, 10], within: 33) == 3)
        #expect(Page.fitting([10, 10, 10], within: 32) == 2)
        #expect(Page.fitting([100, 10], within: 32) == 1)
        #expect(Page.fitting([], within: 32) == 0)
        let item = [UInt8](repeating: UInt8(ascii: "1"), count: 9000)
        let count = Page.fitting(Array(repeating: item.count, count: 200))
        let page = Page(items: Array(repeating: item, count: count), next: .seq(.max))
        let frame = ServerFrame.result(.string(String(repeating: "\u{1}", count: 64)), JSONWriter.bytes(of: page))
        #expect(frame.count <= AgentLimits.maxFrameBytes)
        #expect(frame.count + item.count + 2048 > AgentLimits.maxFrameBytes)
    }
}
