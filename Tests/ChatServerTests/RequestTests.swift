import AgentClient
import AgentProtocol
import Domain
import JSON
import Store
import TestSupport
import Testing

@Suite("Requests of a session", .timeLimit(.minutes(5)))
struct RequestTests {
    /// An agent over a socket by hand, greeted, with a chat of its own that has one message.
    private func withAnna(
        _ f: ChatServerFixture, accepted: Bool = true,
        _ body: (inout RawAgent, Interaction) async throws -> Void
    ) async throws {
        let token = try await f.base.token("anna")
        let anna = Actor.agent("anna")
        let chat = accepted ? try await f.base.chat(of: anna) : try await f.base.newChat()
        try await RawAgent.with(port: f.nodes[0].port, token: token) { agent in
            try await agent.request("hello", "session.hello")
            _ = try await agent.reply("hello")
            try await body(&agent, chat)
        }
    }

    @Test("accept, a hundred sends and close in one write: all are accepted, in their order, before the close")
    func burst() async throws {
        try await ChatServerFixture.with { f in
            try await withAnna(f, accepted: false) { agent, chat in
                let id = chat.id.description
                var frames = [RawAgent.request("accept", "interaction.accept", .interaction(id, version: 1))]
                frames += (0..<100).map {
                    RawAgent.request("s\($0)", "message.send", .send("\($0)", to: id, msgID: "m\($0)"))
                }
                frames.append(RawAgent.request("close", "interaction.close", .interaction(id, version: 2)))
                frames.append(RawAgent.request("late", "message.send", .send("late", to: id, msgID: "late")))
                try await agent.send(frames)
                var seqs: [String: Int64] = [:]
                var codes: [String: String] = [:]
                while seqs.count + codes.count < 103 {
                    let frame = try await agent.next()
                    guard let reply = frame["id"]?.string else { continue }
                    if let code = frame.errorCode {
                        codes[reply] = code
                    } else {
                        seqs[reply] = frame["result"]?["message"]?["seq"]?.int64 ?? 0
                    }
                }
                #expect(codes == ["late": "conflict"])
                #expect((0..<100).map { seqs["s\($0)"] } == Array(2...101).map { Optional($0) })
                #expect(try await f.store.interaction(chat.id, for: .agent("anna")).state == .closed)
            }
        }
    }

    @Test("an id that is in flight is a conflict, afterwards it is free")
    func ids() async throws {
        try await ChatServerFixture.with { f in
            try await withAnna(f) { agent, _ in
                let twice = RawAgent.request("7", "agents.list")
                try await agent.send([twice, twice])
                var codes: [String?] = []
                while codes.count < 2 {
                    let frame = try await agent.next()
                    if frame["id"] != nil { codes.append(frame.errorCode) }
                }
                #expect(codes == ["conflict", nil])
                try await agent.send(twice)
                let again = try await agent.reply("7")
                #expect(again["result"] != nil)
            }
        }
    }

    @Test("past max_in_flight requests are rate_limited, the others answered")
    func inFlight() async throws {
        try await ChatServerFixture.with { f in
            try await withAnna(f) { agent, _ in
                let count = AgentLimits.maxInFlight + 100
                try await agent.send((0..<count).map { RawAgent.request("\($0)", "agents.list") })
                var answered = 0
                var limited = 0
                while answered + limited < count {
                    let frame = try await agent.next()
                    if frame["result"] != nil { answered += 1 }
                    if frame.errorCode == "rate_limited" { limited += 1 }
                }
                #expect(answered >= AgentLimits.maxInFlight && limited > 0)
            }
        }
    }

    @Test(
        "what is no request is told as such, and the session goes on",
        arguments: [
            ("{", -32700), ("[]", -32600), (#"{"jsonrpc":"2.0","method":"agents.list"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":null,"method":"agents.list"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":"1","method":"agents.list","params":[]}"#, -32600),
            (#"{"jsonrpc":"2.0","id":"1","method":"no.such"}"#, -32601),
            (#"{"jsonrpc":"2.0","id":"1","method":"agents.list","params":{"x":1}}"#, -32602),
            (#"{"jsonrpc":"2.0","id":"1","method":"agents.list","extra":1}"#, -32602),
        ])
    func malformed(frame: String, code: Int64) async throws {
        try await ChatServerFixture.with { f in
            try await withAnna(f) { agent, _ in
                try await agent.send(frame)
                var reply = try await agent.next()
                while reply["method"] != nil { reply = try await agent.next() }
                #expect(reply["error"]?["code"]?.int64 == code)
                try await agent.request("9", "agents.list")
                let answer = try await agent.reply("9")
                #expect(answer["result"] != nil)
            }
        }
    }

    @Test("a binary frame closes 4501, one that is too large 1009, broken UTF-8 1007")
    func frames() async throws {
        try await ChatServerFixture.with { f in
            let token = try await f.base.token("anna")
            let frames: [(RawFrame, Int)] = [
                (.init(2, [1, 2, 3]), 4501), (.init(1, Array(repeating: 0x20, count: 262_145)), 1009),
                (.init(1, [0xFF, 0xFE]), 1007),
            ]
            for (frame, code) in frames {
                try await RawAgent.with(port: f.nodes[0].port, token: token) { agent in
                    try await agent.write(RawAgent.frame(frame.opcode, frame.payload))
                    let closed = try await agent.closed()
                    #expect(closed.code == code)
                }
            }
        }
    }

    private struct RawFrame {
        var opcode: UInt8
        var payload: [UInt8]

        init(_ opcode: UInt8, _ payload: [UInt8]) {
            self.opcode = opcode
            self.payload = payload
        }
    }

    @Test("what is done with messages and presses names what there is, and the channel can")
    func changes() async throws {
        try await ChatServerFixture.with { f in
            let anna = try await f.agent("anna")
            let chat = try await f.chat(of: anna)
            let sent = try await anna.request("message.send", .send("hi", to: chat, msgID: "m1"))
            let message = JSONValue.string(try #require(sent["message"]?["id"]?.string))
            let text = JSONValue.params(["text": .string("ho")])
            // It has not gone out yet: whatever the channel can, it is rewritten.
            let edited = try await anna.request("message.edit", .params(["message": message, "text": text]))
            #expect(edited["text"]?["text"]?.string == "ho", "\(edited)")
            let calls: [(String, JSONValue, ErrorCode)] = [
                ("message.edit", .params(["message": message]), .invalidParams),
                ("message.edit", .params(["message": .string("5"), "text": text]), .notFound),
                ("message.delete", .params(["message": .string("5")]), .notFound),
                ("message.delete", .params(["message": .string("x")]), .notFound),
                (
                    "customer.ask_phone", .params(["interaction": .string(chat), "msg_id": .string("p")]), .unsupported
                ),
                ("callback.answer", .params(["callback": .string("77")]), .notFound),
                ("callback.answer", .object([]), .invalidParams),
                ("file.link", .params(["file": .string("5")]), .notFound),
            ]
            for (method, params, code) in calls {
                let error = await refusal { _ = try await anna.request(method, params) }
                #expect(error?.code == code, "\(method) \(params)")
            }
        }
    }

    @Test("what the channel cannot take is refused with what it can", arguments: [4096, 4097])
    func tooLong(count: Int) async throws {
        try await ChatServerFixture.with { f in
            let anna = try await f.agent("anna")
            let chat = try await f.chat(of: anna)
            let text = String(repeating: "я", count: count)
            let error = await refusal {
                _ = try await anna.request("message.send", .send(text, to: chat, msgID: "m1"))
            }
            if count <= 4096 {
                #expect(error == nil)
            } else {
                #expect(
                    error?.code == .tooLong && error?.detail("limit") == "4096" && error?.detail("actual") == "4097")
            }
        }
    }

    @Test("the methods of a chat work over the wire")
    func methods() async throws {
        try await ChatServerFixture.with { f in
            let anna = try await f.agent("anna")
            let boris = try await f.agent("boris")
            let chat = try await f.chat(of: anna)
            let got = try await anna.request("interaction.get", .interaction(chat))
            #expect(got["state"]?.string == "active" && got["agent"]?.string == "anna")
            let customer = try #require(got["customer"]?["id"])
            #expect(
                try await anna.request("customer.get", .params(["customer": customer]))["external_id"]?.string == "100")
            let updated = try await anna.request(
                "customer.update", .params(["customer": customer, "note": .string("vip")]))
            #expect(updated["note"]?.string == "vip")
            #expect(try await anna.next("customer.updated").data["note"]?.string == "vip")
            let sent = try await anna.request("message.send", .send("hi", to: chat, msgID: "m1"))
            let message = try #require(sent["message"]?["id"])
            #expect(
                try await anna.request("message.cancel", .params(["message": message]))["state"]?.string == "cancelled")
            #expect(try await anna.request("message.retry", .params(["message": message]))["state"]?.string == "queued")
            _ = try await anna.request("read.mark", .params(["interaction": .string(chat), "seq": .integer(1)]))
            _ = try await anna.request("typing.set", .params(["interaction": .string(chat), "on": .bool(true)]))
            let page = try await anna.request("messages.list", .interaction(chat))
            #expect(page["items"]?.array?.count == 2 && page["next"]?.isNull == true)
            let list = try await anna.request("interactions.list")
            #expect(list["items"]?[0]?["id"]?.string == chat)
            let capabilities = try await anna.request("capabilities.get")
            #expect(capabilities["accounts"]?[0]?["account"]?.string == "support")
            let version = try #require(try await anna.request("interaction.get", .interaction(chat))["version"])
            let moved = try await anna.request(
                "interaction.transfer",
                .params([
                    "interaction": .string(chat), "version": version, "to": .string("boris"), "note": .string("you"),
                ]))
            #expect(moved["agent"]?.string == "boris")
            #expect(try await boris.next("message.created").data["kind"]?.string == "system")
            #expect(try await boris.next("interaction.transferred").interaction == chat)
            let started = try await anna.request(
                "interaction.start",
                .params([
                    "account": .string("support"), "to": .params(["external_id": .string("77")]),
                    "msg_id": .string("st"),
                    "content": .params(["kind": .string("text"), "text": .params(["text": .string("hello")])]),
                ]))
            #expect(started["interaction"]?["agent"]?.string == "anna")
            #expect(started["message"]?["seq"]?.int64 == 1)
        }
    }
}
