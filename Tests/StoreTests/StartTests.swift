import AgentProtocol
import Domain
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("Starting chats", .timeLimit(.minutes(5)))
struct StartTests {
    static let anna = Actor.agent("anna")

    private func start(
        _ f: StoreFixture, as actor: Actor = anna, _ chat: String = "500", take: Bool = true, msgID: String? = nil,
        text: String = "hello"
    ) async throws -> StartReceipt {
        let message = msgID.map { OutgoingDraft.text(text, to: InteractionID(0), as: actor, msgID: $0) }
        return try await f.store.start(
            StartDraft(actor: actor, account: "support", to: .externalID(chat), take: take, message: message)
        ) { _, draft in [draft.asItIs] }
    }

    @Test("a taken chat is active and mine, with the message sent in the same transaction")
    func take() async throws {
        try await StoreFixture.with { f in
            let receipt = try await start(f, msgID: "m1")
            #expect(receipt.interaction.state == .active && receipt.interaction.agent == "anna")
            #expect(receipt.message?.seq == 1 && receipt.interaction.lastSeq == 1)
            #expect(receipt.events.map(\.type) == [.interactionCreated, .messageCreated])
            #expect(receipt.accounts == ["support"])
            #expect(try await f.connector.queued().map(\.part.chat) == ["500"])
            // Already mine: the same chat goes on.
            let again = try await start(f)
            #expect(again.interaction.id == receipt.interaction.id && again.events.isEmpty)
        }
    }

    @Test("a waiting chat is taken with interaction.accepted; another's is a conflict that says whose")
    func takeOpen() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat("500")
            let receipt = try await start(f)
            #expect(receipt.interaction.id == chat.id && receipt.interaction.version == 2)
            #expect(receipt.events.map(\.type) == [.interactionAccepted])
            let error = await refusal { _ = try await start(f, as: .agent("boris")) }
            #expect(error?.code == .conflict && error?.detail("agent") == "anna")
            #expect(error?.detail("interaction") == chat.id.description)
        }
    }

    @Test("without taking, a new chat is born closed, and the customer's answer opens a waiting one")
    func bornClosed() async throws {
        try await StoreFixture.with { f in
            let receipt = try await start(f, take: false, msgID: "m1")
            #expect(receipt.interaction.state == .closed && receipt.interaction.agent == nil)
            #expect(receipt.interaction.closedAt != nil)
            #expect(receipt.events.last?.sender == "anna")
            let answer = try await f.newChat("500", text: "who is it?")
            #expect(answer.id != receipt.interaction.id && answer.state == .waiting && answer.lastSeq == 1)
        }
    }

    @Test("without taking, an open chat keeps its state and agent; another's needs a supervisor")
    func keeps() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna, "500")
            #expect(
                await refusal { _ = try await start(f, as: .agent("boris"), take: false, msgID: "b1") }?.code
                    == .forbidden)
            let receipt = try await start(f, as: .supervisor("chief"), take: false, msgID: "c1")
            #expect(receipt.interaction.id == chat.id && receipt.interaction.agent == "anna")
            #expect(
                receipt.message?.seq == 2 && receipt.events[0].agent == "anna" && receipt.events[0].sender == "chief")
        }
    }

    @Test("the key makes a repeated start harmless")
    func idempotency() async throws {
        try await StoreFixture.with { f in
            let first = try await start(f, take: false, msgID: "m1")
            let again = try await start(f, take: false, msgID: "m1")
            #expect(again.message?.id == first.message?.id && again.interaction.id == first.interaction.id)
            #expect(again.events.isEmpty)
            #expect(await refusal { _ = try await start(f, take: false, msgID: "m1", text: "x") }?.code == .conflict)
            #expect(try await f.connector.queued().count == 1)
        }
    }

    @Test("of two starts at once with one key one message comes")
    func race() async throws {
        try await StoreFixture.with { f in
            for round in 0..<10 {
                async let a = start(f, "\(600 + round)", take: false, msgID: "r\(round)")
                async let b = start(f, "\(600 + round)", take: false, msgID: "r\(round)")
                let ids = [try await a.message?.id, try await b.message?.id]
                #expect(ids[0] == ids[1] && ids[0] != nil)
            }
            #expect(try await f.connector.queued().count == 10)
        }
    }

    @Test("a refused message undoes the whole start")
    func undone() async throws {
        try await StoreFixture.with { f in
            let draft = StartDraft(
                actor: Self.anna, account: "support", to: .externalID("700"), take: true,
                message: .text("x", to: InteractionID(0), as: Self.anna, msgID: "m1"))
            let error = await refusal {
                _ = try await f.store.start(draft) { _, _ throws(EralinkError) in
                    throw EralinkError(.tooLong, "no")
                }
            }
            #expect(error?.code == .tooLong)
            let left = try await f.count("SELECT (SELECT count(*) FROM interaction) + (SELECT count(*) FROM customer)")
            #expect(left == 0)
        }
    }

    @Test("an address that the channel does not have is refused")
    func addresses() async throws {
        try await StoreFixture.with { f in
            #expect(await refusal { _ = try await start(f, "-100") }?.code == .invalidParams)
            let phone = StartDraft(
                actor: Self.anna, account: "support", to: .phone("+37120000000"), take: true, message: nil)
            #expect(
                await refusal { _ = try await f.store.start(phone) { _, draft in [draft.asItIs] } }?.code
                    == .unsupported)
        }
    }
}
