import AgentProtocol
import Domain
import Postgres
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
            let before = try await f.events().count
            try await f.connector.sendAll(by: proof)
            // In the history with the outcome's own commit: nobody has to take it from the inbox.
            #expect(try await f.count("SELECT count(*) FROM inbox") == 0)
            var events = Array(try await f.events().dropFirst(before))
            #expect(events.map(\.type) == [.messageStatus])
            #expect(try await state(f, chat) == .sent)
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
            #expect(try await state(f, chat) == .sent)
            try await f.ingestAll()
            #expect(try await state(f, chat) == .delivered)
        }
    }

    @Test("a receipt that was set aside while its message got its name is looked at again")
    func missedReceipt() async throws {
        try await StoreFixture.with { f in
            let (chat, _, proof) = try await sent(f)
            try await f.connector.receive([.receipt(.delivered, external: "x1", chat: "100", key: "d")])
            try await f.connector.attempt(f.connector.queued(), by: proof) { .sent($0, $1, external: "x1") }
            // As if a ChatServer had looked before that, and committed after it.
            _ = try await f.store.pool.query("UPDATE inbox SET deferred = true")
            try await f.connector.receive([.receipt(.read, external: "other", chat: "100", key: "r")])
            try await f.ingestAll()
            #expect(try await state(f, chat) == .sent)
            try await f.store.awakenKnown()
            try await f.ingestAll()
            #expect(try await state(f, chat) == .delivered)
            #expect(try await f.count("SELECT count(*) FROM inbox WHERE deferred") == 1)
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
            let before = try await f.events().count
            try await f.connector.sendAll(by: proof)
            let events = Array(try await f.events().dropFirst(before))
            #expect(events.map(\.type) == [.messageStatus])
            #expect(events[0].agent == "anna" && events[0].interaction == chat.id)
        }
    }
}
