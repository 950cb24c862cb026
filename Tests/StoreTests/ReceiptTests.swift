import AgentProtocol
import Domain
import TestSupport
import Testing

@testable import Store

@Suite("States of outgoing messages", .timeLimit(.minutes(5)))
struct ReceiptTests {
    static let anna = Actor.agent("anna")

    private func sent(_ f: StoreFixture) async throws -> (Interaction, Message, LeaseProof) {
        let chat = try await f.chat(of: Self.anna)
        let receipt = try await f.send([.text("hi", to: chat.id, as: Self.anna, msgID: "m1")])
        let message = try receipt.answers[0].get()
        let proof = try await f.connector.lead()
        return (chat, message, proof)
    }

    private func state(_ f: StoreFixture, _ chat: Interaction) async throws -> DeliveryState? {
        try await f.messages(of: chat).last?.state
    }

    @Test("sent, delivered and read are told to the agent, and never go back")
    func forward() async throws {
        try await StoreFixture.with { f in
            let (chat, message, proof) = try await sent(f)
            #expect(message.state == .accepted)
            try await f.connector.sendAll(by: proof)
            var events = try await f.ingestAll()
            #expect(events.map(\.type) == [.messageStatus])
            #expect(events[0].agent == "anna" && events[0].sender == "anna")
            let external = try #require(try await f.messages(of: chat).last?.parts.first?.externalID)
            try await f.connector.receive([.receipt(.read, external: external, chat: "100", key: "r")])
            events = try await f.ingestAll()
            #expect(try await state(f, chat) == .read)
            // A late receipt of something earlier changes nothing and is not told.
            try await f.connector.receive([.receipt(.delivered, external: external, chat: "100", key: "d")])
            #expect(try await f.ingestAll().isEmpty)
            #expect(try await state(f, chat) == .read)
            #expect(try await f.messages(of: chat).last?.parts.first?.attempts == 1)
        }
    }

    @Test("a receipt that overtakes the report of its sending waits for it")
    func earlyReceipt() async throws {
        try await StoreFixture.with { f in
            let (chat, _, proof) = try await sent(f)
            let part = try #require(try await f.connector.queued().first)
            try await f.connector.receive([.receipt(.delivered, external: "x1", chat: "100", key: "d")])
            try await f.ingestAll()
            #expect(try await state(f, chat) == .accepted)
            try await f.connector.attempt([part], by: proof) { .sent($0, $1, external: "x1") }
            let report = try #require(try await f.store.ingest(limit: 10))
            #expect(report.awakened == 1)
            try await f.ingestAll()
            #expect(try await state(f, chat) == .delivered)
        }
    }

    @Test("a refusal with a blocked customer fails the message with its reason and blocks the customer")
    func refused() async throws {
        try await StoreFixture.with { f in
            let (chat, _, proof) = try await sent(f)
            let reason = Reason(code: "blocked", text: "the customer has blocked the bot")
            try await f.connector.attempt(f.connector.queued(), by: proof) {
                .of($0, $1, .settled(.failed), "refused", reason: reason, blocked: true)
            }
            try await f.ingestAll()
            let message = try #require(try await f.messages(of: chat).last)
            #expect(message.state == .failed && message.reason == reason)
            #expect(try await f.openChat("100").customer.blocked)
            let refusal = try await f.send([.text("2", to: chat.id, as: Self.anna, msgID: "m2")]).answers[0]
            #expect(throws: EralinkError.self) { try refusal.get() }
        }
    }

    @Test("a late receipt settles what was unknown")
    func unknown() async throws {
        try await StoreFixture.with { f in
            let (chat, _, proof) = try await sent(f)
            try await f.connector.attempt(f.connector.queued(), by: proof) {
                .of($0, $1, .settled(.unknown), "ambiguous", external: "x9")
            }
            try await f.ingestAll()
            #expect(try await state(f, chat) == .unknown)
            try await f.connector.receive([.receipt(.delivered, external: "x9", chat: "100", key: "d")])
            try await f.ingestAll()
            #expect(try await state(f, chat) == .delivered)
        }
    }

    @Test("a late status of a closed chat goes to its last agent")
    func closed() async throws {
        try await StoreFixture.with { f in
            let (chat, _, proof) = try await sent(f)
            _ = try await f.store.change(chat.id, version: chat.version, by: Self.anna, .close(note: nil))
            try await f.connector.sendAll(by: proof)
            let events = try await f.ingestAll()
            #expect(events.map(\.type) == [.messageStatus])
            #expect(events[0].agent == "anna" && events[0].interaction == chat.id)
        }
    }

    // MARK: a receipt for all that was read

    private static func seen(_ external: String, chat: String = "100", key: String = "s") -> Inbound {
        var report = StatusReport(subject: .external(external), state: .read)
        report.coversEarlier = true
        return Inbound(key: key, chat: chat, event: .status(report))
    }

    @Test(
        "one receipt for all that was read reaches every earlier message of the customer, in closed chats too, and no later one"
    )
    func coversEarlier() async throws {
        try await StoreFixture.with { f in
            let (old, _, proof) = try await sent(f)
            try await f.connector.sendAll(by: proof)
            try await f.ingestAll()
            _ = try await f.store.change(
                old.id, version: try await f.openChat("100").version, by: Self.anna, .close(note: nil))
            let waiting = try await f.newChat(external: "2")
            let chat = try await f.store.change(waiting.id, version: waiting.version, by: Self.anna, .accept)
                .interaction
            for text in ["2", "3", "4"] {
                _ = try await f.send([.text(text, to: chat.id, as: Self.anna, msgID: "m\(text)")])
            }
            try await f.connector.sendAll(by: proof)
            try await f.ingestAll()
            let sent = try await f.messages(of: chat).filter { $0.direction == .outgoing }
            let second = try #require(sent[1].parts.first?.externalID)
            try await f.connector.receive([
                .receipt(.delivered, external: second, chat: "100", key: "d"), Self.seen(second),
            ])
            let events = try await f.ingestAll()
            #expect(events.map(\.type) == Array(repeating: .messageStatus, count: 4))
            #expect(try await f.messages(of: old).filter { $0.direction == .outgoing }.map(\.state) == [.read])
            #expect(
                try await f.messages(of: chat).filter { $0.direction == .outgoing }.map(\.state) == [
                    .read, .read, .sent,
                ])
            // Once more: nothing changes.
            try await f.connector.receive([Self.seen(second, key: "s2")])
            #expect(try await f.ingestAll().isEmpty)
        }
    }

    @Test("it does not reach what was not sent, what failed, or another customer's messages")
    func coversOnlySent() async throws {
        try await StoreFixture.with { f in
            let (chat, _, proof) = try await sent(f)
            try await f.connector.attempt(f.connector.queued(), by: proof) {
                .of($0, $1, .settled(.failed), "refused", reason: Reason(code: "x", text: "x"))
            }
            _ = try await f.send([.text("2", to: chat.id, as: Self.anna, msgID: "m2")])
            _ = try await f.send([.text("3", to: chat.id, as: Self.anna, msgID: "m3")])
            let parts = try await f.connector.queued()
            try await f.connector.attempt([parts[1]], by: proof) { .sent($0, $1, external: "third") }
            try await f.ingestAll()
            try await f.connector.receive([Self.seen("third"), Self.seen("third", chat: "200", key: "o")])
            try await f.ingestAll()
            #expect(
                try await f.messages(of: chat).filter { $0.direction == .outgoing }.map(\.state)
                    == [.failed, .accepted, .read])
        }
    }

    @Test("a messenger's receipt for a customer's own message changes nothing")
    func ofIncoming() async throws {
        try await StoreFixture.with { f in
            try await f.connector.receive([.text("hi", chat: "100", external: "in1")])
            try await f.ingestAll()
            try await f.connector.receive([
                .receipt(.read, external: "in1", chat: "100", key: "r"),
                .receipt(.delivered, external: "in1", chat: "100", key: "d"),
            ])
            #expect(try await f.ingestAll().isEmpty)
            #expect(try await f.messages(of: f.openChat("100")).map(\.state) == [.received])
        }
    }
}
