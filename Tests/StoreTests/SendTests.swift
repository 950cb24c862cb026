import AgentProtocol
import Domain
import JSON
import TestSupport
import Testing

@testable import Store

@Suite("Accepting sends", .timeLimit(.minutes(5)))
struct SendTests {
    static let anna = Actor.agent("anna")

    @Test("a batch is accepted in its order, with gapless seq, one event and one part each")
    func batch() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let other = try await f.chat(of: Self.anna, "200")
            let receipt = try await f.send(
                (0..<20).map { n in
                    .text("\(n)", to: n % 2 == 0 ? chat.id : other.id, as: Self.anna, msgID: "m\(n)")
                })
            let messages = try receipt.answers.map { try $0.get() }
            let seqs: [Int64] = (0..<20).map { Int64($0 / 2 + 2) }
            #expect(messages.map(\.seq) == seqs)
            #expect(messages.allSatisfy { $0.state == .accepted && $0.agent == "anna" })
            #expect(receipt.events.allSatisfy { $0.type == .messageCreated })
            let first = receipt.events[0].position
            #expect(receipt.events.map(\.position) == Array(first..<first + 20))
            #expect(receipt.accounts == ["support"])
            let queued = try await f.connector.queued()
            #expect(queued.map(\.part.message) == messages.map(\.id))
            #expect(queued.map(\.id) == queued.map(\.id).sorted())
            let own = messages.filter { $0.interaction == chat.id }.map(\.jsonBytes)
            let stored = try await f.messages(of: chat).dropFirst().map(\.jsonBytes)
            #expect(stored == own)
        }
    }

    @Test("the same key with the same body is the same message as it is now, also after the chat closed")
    func idempotency() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let draft = OutgoingDraft.text("hi", to: chat.id, as: Self.anna, msgID: "m1")
            let first = try await f.send([draft]).answers[0].get()
            try await f.connector.sendAll(by: f.connector.lead())
            try await f.ingestAll()
            _ = try await f.store.change(chat.id, version: chat.version, by: Self.anna, .close(note: nil))
            let again = try await f.send([draft])
            #expect(try again.answers[0].get().id == first.id)
            #expect(try again.answers[0].get().state == .sent)
            #expect(again.events.isEmpty)
        }
    }

    @Test("the same key with another body is a conflict that names the message")
    func otherBody() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let first = try await f.send([.text("hi", to: chat.id, as: Self.anna, msgID: "m1")]).answers[0].get()
            let second = try await f.send([.text("ho", to: chat.id, as: Self.anna, msgID: "m1")]).answers[0]
            let error = await refusal { _ = try second.get() }
            #expect(error?.code == .conflict && error?.detail("message") == first.id.description)
        }
    }

    @Test("a key twice in one batch is one message")
    func twiceInBatch() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let draft = OutgoingDraft.text("hi", to: chat.id, as: Self.anna, msgID: "m1")
            let other = OutgoingDraft.text("ho", to: chat.id, as: Self.anna, msgID: "m1")
            let receipt = try await f.send([draft, draft, other])
            #expect(try receipt.answers[0].get().id == receipt.answers[1].get().id)
            #expect(await refusal { _ = try receipt.answers[2].get() }?.code == .conflict)
            #expect(try await f.messages(of: chat).count == 2)
            #expect(try await f.connector.queued().count == 1)
        }
    }

    @Test(
        "two servers that are given one key at once accept one message, whatever chats it names",
        arguments: [true, false])
    func race(sameChat: Bool) async throws {
        try await StoreFixture.with { f in
            let chats = [try await f.chat(of: Self.anna), try await f.chat(of: Self.anna, "200")]
            try await f.withStore { second in
                for round in 0..<20 {
                    let drafts = [0, 1].map { n in
                        OutgoingDraft.text(
                            "hi", to: chats[sameChat ? 0 : n].id, as: Self.anna, msgID: "r\(round)")
                    }
                    async let a = f.store.send([drafts[0]]) { _, draft in [draft.asItIs] }
                    async let b = second.send([drafts[1]]) { _, draft in [draft.asItIs] }
                    let answers = [try await a.answers[0], try await b.answers[0]]
                    if sameChat {
                        #expect(try answers[0].get().id == answers[1].get().id)
                    } else {
                        // Another chat is another body.
                        #expect(answers.count { (try? $0.get()) != nil } == 1)
                    }
                }
            }
            #expect(try await f.connector.queued().count == 20)
            for chat in chats {
                let seqs = try await f.store.seqs(of: chat.id)
                #expect(seqs == Array(1...Int64(seqs.count)))
            }
        }
    }

    @Test("a refused send uses up neither its key nor a seq")
    func refusedKeepsKey() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            let draft = OutgoingDraft.text("hi", to: chat.id, as: Self.anna, msgID: "m1")
            #expect(await refusal { _ = try await f.send([draft]).answers[0].get() }?.code == .forbidden)
            _ = try await f.store.change(chat.id, version: chat.version, by: Self.anna, .accept)
            #expect(try await f.send([draft]).answers[0].get().seq == 2)
        }
    }

    @Test("closed is a conflict with its state, what is not granted does not exist, a blocked customer is told")
    func refusals() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            func answer(_ actor: Actor, _ id: InteractionID? = nil, reply: MessageID? = nil) async -> EralinkError? {
                await refusal {
                    _ = try await f.send([
                        .text(
                            "hi", to: id ?? chat.id, as: actor, msgID: "m\(Int.random(in: 0...(1 << 40)))",
                            replyTo: reply)
                    ]).answers[0].get()
                }
            }
            #expect(await answer(.agent("boris"))?.code == .forbidden)
            #expect(await answer(.supervisor("chief")) == nil)
            #expect(await answer(.agent("anna", accounts: ["sales"]))?.code == .notFound)
            #expect(await answer(Self.anna, InteractionID(999_999))?.code == .notFound)
            #expect(await answer(Self.anna, reply: MessageID(1))?.code == .notFound)
            let stranger = try await f.newChat("200")
            let foreign = try #require(try await f.messages(of: stranger).first?.id)
            #expect(await answer(Self.anna, reply: foreign)?.code == .notFound)
            let own = try #require(try await f.messages(of: chat).first)
            let reply = try await f.send([
                .text("re", to: chat.id, as: Self.anna, msgID: "re", replyTo: own.id)
            ]).answers[0].get()
            #expect(reply.replyTo?.id == own.id && reply.replyTo?.preview == "hello")
            #expect(try await f.connector.queued().last?.part.replyTo == "1")
            try await f.connector.receive([.blocked(true, chat: "100", key: "b")])
            try await f.ingestAll()
            #expect(await answer(Self.anna)?.code == .customerBlocked)
            let now = try await f.openChat("100")
            _ = try await f.store.change(chat.id, version: now.version, by: Self.anna, .close(note: nil))
            let closed = await answer(Self.anna)
            #expect(closed?.code == .conflict && closed?.detail("state") == "closed")
        }
    }

    @Test("what the channel cannot take is refused alone; its neighbours are accepted")
    func admission() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let receipt = try await f.store.send(
                (0..<3).map { .text("\($0)", to: chat.id, as: Self.anna, msgID: "m\($0)") }
            ) { account, draft throws(EralinkError) in
                if draft.msgID == "m1" { throw EralinkError(.unsupported, "not over \(account.name)") }
                return [draft.asItIs]
            }
            #expect(receipt.answers.map { (try? $0.get())?.seq } == [2, nil, 3])
        }
    }
}
