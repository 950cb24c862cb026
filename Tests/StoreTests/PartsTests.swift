import AgentProtocol
import Domain
import TestSupport
import Testing

@testable import Store

@Suite("Cancelling, retrying and reading", .timeLimit(.minutes(5)))
struct PartsTests {
    static let anna = Actor.agent("anna")

    private func message(_ f: StoreFixture) async throws -> (Interaction, Message) {
        let chat = try await f.chat(of: Self.anna)
        return (chat, try await f.send([.text("hi", to: chat.id, as: Self.anna, msgID: "m1")]).answers[0].get())
    }

    @Test("what is not sent yet is taken back; what is cancelled cannot be cancelled again, but retried")
    func cancel() async throws {
        try await StoreFixture.with { f in
            let (chat, message) = try await message(f)
            let receipt = try await f.store.cancel(message.id, by: Self.anna)
            #expect(receipt.message.state == .cancelled && receipt.account == "support")
            #expect(receipt.events.map(\.type) == [.messageStatus])
            #expect(try await f.connector.queued().isEmpty)
            #expect(await refusal { _ = try await f.store.cancel(message.id, by: Self.anna) }?.code == .conflict)
            let retried = try await f.store.retry(message.id, by: Self.anna)
            #expect(retried.message.state == .queued)
            #expect(try await f.connector.queued().map(\.part.message) == [message.id])
            #expect(try await f.messages(of: chat).last?.state == .queued)
            try await f.connector.sendAll(by: f.connector.lead())
            try await f.ingestAll()
            #expect(try await f.messages(of: chat).last?.state == .sent)
        }
    }

    @Test("a part that is being sent cannot be cancelled, what is sent cannot be retried")
    func sending() async throws {
        try await StoreFixture.with { f in
            let (_, message) = try await message(f)
            let proof = try await f.connector.lead()
            let part = try #require(try await f.connector.queued().first)
            let claim = try #require(
                try await f.store.claim([part.id], deadline: .seconds(60), by: proof).first)
            let sending = await refusal { _ = try await f.store.cancel(message.id, by: Self.anna) }
            #expect(sending?.code == .conflict && sending?.detail("state") == "sending")
            try await f.store.record(
                [.sent(part, claim, external: "x")], account: f.account.id, epoch: proof.epoch, holder: "c")
            try await f.ingestAll()
            let sent = await refusal { _ = try await f.store.retry(message.id, by: Self.anna) }
            #expect(sent?.code == .conflict && sent?.detail("state") == "sent")
        }
    }

    @Test("only the sender, the chat's agent or a supervisor may; a customer's message has no parts to change")
    func rights() async throws {
        try await StoreFixture.with { f in
            let (chat, message) = try await message(f)
            #expect(
                await refusal { _ = try await f.store.cancel(message.id, by: .agent("boris")) }?.code == .forbidden)
            let incoming = try #require(try await f.messages(of: chat).first)
            #expect(await refusal { _ = try await f.store.cancel(incoming.id, by: Self.anna) }?.code == .conflict)
            #expect(
                await refusal { _ = try await f.store.cancel(MessageID(5), by: Self.anna) }?.code == .notFound)
            #expect(try await f.store.cancel(message.id, by: .supervisor("chief")).message.state == .cancelled)
        }
    }

    @Test("reading marks the customer's messages up to a seq, once; past the last one is refused")
    func markRead() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            try await f.connector.receive((2...5).map { .text("\($0)", chat: "100", external: "\($0)") })
            try await f.ingestAll()
            let events = try await f.store.markRead(chat.id, upTo: 3, by: Self.anna)
            #expect(events.map(\.type) == [.messageStatus, .messageStatus, .messageStatus])
            #expect(try await f.messages(of: chat).map(\.state) == [.read, .read, .read, .received, .received])
            #expect(try await f.store.markRead(chat.id, upTo: 2, by: Self.anna).isEmpty)
            #expect(
                await refusal { _ = try await f.store.markRead(chat.id, upTo: 6, by: Self.anna) }?.code
                    == .invalidParams)
        }
    }
}
