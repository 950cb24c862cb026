import AgentProtocol
import Domain
import JSON
import Testing

@Suite("what requests say")
struct RequestValueTests {
    private struct AnotherRequest: Error {}

    private func hello(_ params: String) throws -> SessionHello {
        guard case .sessionHello(let hello) = try request("session.hello", params) else { throw AnotherRequest() }
        return hello
    }

    private func send(_ params: String) throws -> MessageSend {
        guard case .messageSend(let send) = try request("message.send", params) else { throw AnotherRequest() }
        return send
    }

    @Test("hello is read with its defaults")
    func hellos() throws {
        let bare = try hello("{}")
        #expect(bare.token == nil && bare.cursor == nil && !bare.exclusive && bare.watch == nil)
        let params = #"{"token":"t","cursor":"e1-5","exclusive":true,"watch":{"accounts":["support"]}}"#
        let full = try hello(params)
        #expect(full.token == Secret("t"))
        #expect(full.cursor == .after(Cursor(epoch: "e1", position: 5)))
        #expect(full.watch == WatchFilter(accounts: ["support"]))
        let at = try hello(#"{"cursor":"at:1970-01-01T00:00:01Z"}"#)
        #expect(at.cursor == .at(Timestamp(seconds: 1)))
    }

    @Test("a send is read into the words of the business")
    func sends() throws {
        let params = #"""
            {"interaction":"7","msg_id":"m1","kind":"text","text":{"text":"a😀","entities":[{"kind":"link","offset":1,"length":2,
            "url":"https://example.com"}]},"reply_to":"9","group":"g","adapt":"fallback",
            "keyboard":{"type":"reply","rows":[[{"text":"Да","kind":"text","data":"y","color":"primary"}]],"one_time":true}}
            """#
        let send = try send(params)
        #expect(send.interaction == InteractionID(7))
        #expect(send.msgID == "m1")
        #expect(send.replyTo == MessageID(9))
        #expect(send.group == "g")
        let entity = TextEntity(kind: .link, offset: 1, length: 2, url: "https://example.com")
        let button = Keyboard.Button(text: "Да", kind: .text, data: "y", color: .primary)
        #expect(
            send.body
                == OutgoingBody(
                    content: .text(TextContent(text: "a😀", entities: [entity])),
                    keyboard: Keyboard(style: .reply, rows: [[button]], oneTime: true), adapt: .fallback))
    }

    @Test("lists are read with the default page")
    func lists() throws {
        #expect(try request("interactions.list", "{}") == .interactionsList(InteractionsList()))
        #expect(InteractionsList().limit == 50)
        #expect(
            try request("messages.list", #"{"interaction":"7","after_seq":3,"limit":9}"#)
                == .messagesList(MessagesList(interaction: InteractionID(7), bound: .after(seq: 3), limit: 9)))
    }

    @Test("bodies are the same whatever the order, the space, the escapes and the defaults written out")
    func sameBody() throws {
        let a = try request(
            "message.send", #"{"interaction":"7","msg_id":"m1","kind":"text","text":{"text":"Да","entities":[]}}"#)
        let b = try request(
            "message.send",
            #"{"adapt":"strict", "text":{"text":"\u0414\u0430"}, "kind":"text", "msg_id":"m1", "interaction":"7"}"#)
        #expect(a.idempotencyBody != nil)
        #expect(a.idempotencyBody == b.idempotencyBody)
        #expect(a.msgID == "m1")
    }

    @Test(
        "another body, chat or method is another",
        arguments: [
            ("message.send", #"{"interaction":"8","msg_id":"m1","kind":"text","text":{"text":"Да"}}"#),
            ("message.send", #"{"interaction":"7","msg_id":"m1","kind":"text","text":{"text":"да"}}"#),
            (
                "message.send",
                #"{"interaction":"7","msg_id":"m1","kind":"text","text":{"text":"Да"},"adapt":"fallback"}"#
            ),
            ("message.send", #"{"interaction":"7","msg_id":"m1","kind":"text","text":{"text":"Да"},"group":"g"}"#),
            ("message.send", #"{"interaction":"7","msg_id":"m1","kind":"text","text":{"text":"Да"},"reply_to":"1"}"#),
            (
                "message.send",
                #"{"interaction":"7","msg_id":"m1","kind":"text","text":{"text":"Да"},"keyboard":{"type":"remove"}}"#
            ),
            ("customer.ask_phone", #"{"interaction":"7","msg_id":"m1","text":"Да"}"#),
            ("message.forward", #"{"message":"1","to_interaction":"7","msg_id":"m1"}"#),
            (
                "interaction.start",
                #"{"account":"a","to":{"external_id":"1"},"msg_id":"m1","content":{"kind":"text","text":{"text":"Да"}}}"#
            ),
        ])
    func otherBody(method: String, params: String) throws {
        let a = try request("message.send", #"{"interaction":"7","msg_id":"m1","kind":"text","text":{"text":"Да"}}"#)
        let b = try request(method, params)
        #expect(b.idempotencyBody != nil)
        #expect(a.idempotencyBody != b.idempotencyBody)
    }

    @Test("requests without msg_id have no body to compare")
    func withoutKey() throws {
        #expect(try request("interaction.start", #"{"account":"a","to":{"external_id":"1"}}"#).idempotencyBody == nil)
        #expect(try request("agents.list", "{}").idempotencyBody == nil)
    }
}
