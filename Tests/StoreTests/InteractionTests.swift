import AgentProtocol
import Domain
import TestSupport
import Testing

@testable import Store

@Suite("Whose chat it is", .timeLimit(.minutes(5)))
struct InteractionTests {
    static let anna = Actor.agent("anna")
    static let boris = Actor.agent("boris")

    @Test("accepting makes it mine once; again is no change, by another a conflict with agent and version")
    func accept() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            let stale = await refusal {
                _ = try await f.store.change(chat.id, version: 7, by: Self.anna, .accept)
            }
            #expect(stale?.code == .conflict && stale?.detail("version") == "1" && stale?.detail("agent") == nil)
            let receipt = try await f.store.change(chat.id, version: chat.version, by: Self.anna, .accept)
            #expect(receipt.interaction.state == .active && receipt.interaction.agent == "anna")
            #expect(receipt.interaction.version == 2)
            #expect(
                receipt.events.map(\.type) == [.interactionAccepted] && receipt.events[0].position == receipt.position)
            let again = try await f.store.change(chat.id, version: 77, by: Self.anna, .accept)
            #expect(again.events.isEmpty && again.interaction.version == 2)
            let other = await refusal { _ = try await f.store.change(chat.id, version: 2, by: Self.boris, .accept) }
            #expect(other?.code == .conflict && other?.detail("agent") == "anna" && other?.detail("version") == "2")
        }
    }

    @Test("of many who accept at once one gets it")
    func race() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            let store = f.store
            let winners = await withTaskGroup(of: String?.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        try? await store.change(chat.id, version: chat.version, by: .agent("a\(number)"), .accept)
                            .interaction.agent
                    }
                }
                return await group.reduce(into: [String]()) { if let name = $1 { $0.append(name) } }
            }
            #expect(winners.count == 1)
            #expect(try await f.openChat("100").agent == winners.first)
        }
    }

    @Test("release gives it back with a note as a system message; only its agent or a supervisor may")
    func release() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let other = await refusal {
                _ = try await f.store.change(chat.id, version: chat.version, by: Self.boris, .release(note: nil))
            }
            #expect(other?.code == .forbidden)
            let receipt = try await f.store.change(
                chat.id, version: chat.version, by: Self.anna, .release(note: "wants a refund"))
            #expect(receipt.interaction.state == .waiting && receipt.interaction.agent == nil)
            #expect(receipt.events.map(\.type) == [.messageCreated, .interactionReleased])
            let note = try #require(try await f.messages(of: chat).last)
            #expect(note.kind == .system && note.direction == .system && note.seq == 2)
            let again = await refusal {
                _ = try await f.store.change(chat.id, version: 3, by: Self.anna, .release(note: nil))
            }
            #expect(again?.code == .conflict && again?.detail("state") == "waiting")
        }
    }

    @Test("transfer needs an agent who is granted the account")
    func transfer() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            try await f.token("boris")
            try await f.token("carl", accounts: ["sales"])
            try await f.token("dora", lifetime: .seconds(-1))
            for name in ["nobody", "carl", "dora"] {
                let error = await refusal {
                    _ = try await f.store.change(
                        chat.id, version: chat.version, by: Self.anna, .transfer(to: name, note: nil))
                }
                #expect(error?.code == .notFound, "\(name)")
            }
            let receipt = try await f.store.change(
                chat.id, version: chat.version, by: Self.anna, .transfer(to: "boris", note: "please"))
            #expect(receipt.interaction.agent == "boris" && receipt.interaction.state == .active)
            #expect(receipt.events.allSatisfy { $0.agent == "boris" })
        }
    }

    @Test("closing keeps the agent, sets the time and allows nothing afterwards")
    func close() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let stale = await refusal {
                _ = try await f.store.change(chat.id, version: 1, by: Self.anna, .close(note: nil))
            }
            #expect(stale?.code == .conflict)
            let receipt = try await f.store.change(
                chat.id, version: chat.version, by: Self.anna, .close(note: "solved"))
            #expect(receipt.interaction.state == .closed && receipt.interaction.agent == "anna")
            #expect(receipt.interaction.closedAt != nil)
            #expect(receipt.events.map(\.type) == [.messageCreated, .interactionClosed])
            for change in [InteractionChange.accept, .release(note: nil), .close(note: nil)] {
                let error = await refusal {
                    _ = try await f.store.change(chat.id, version: 3, by: Self.anna, change)
                }
                #expect(error?.code == .conflict && error?.detail("state") == "closed")
            }
        }
    }

    @Test("another's account does not exist for reading or writing")
    func grants() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            let message = try #require(try await f.messages(of: chat).first)
            let stranger = Actor.supervisor("zoe", accounts: ["sales"])
            let store = f.store
            let attempts: [(String, () async throws -> Void)] = [
                ("get", { _ = try await store.interaction(chat.id, for: stranger) }),
                ("change", { _ = try await store.change(chat.id, version: 1, by: stranger, .accept) }),
                ("messages", { _ = try await store.messages(of: chat.id, .none, limit: 1, for: stranger) }),
                ("customer", { _ = try await store.customer(chat.customer.id, for: stranger) }),
                ("cancel", { _ = try await store.cancel(message.id, by: stranger) }),
                ("read", { _ = try await store.markRead(chat.id, upTo: 1, by: stranger) }),
                ("typing", { _ = try await store.setTyping(chat.id, on: true, by: stranger) }),
                (
                    "update",
                    {
                        _ = try await store.update(
                            chat.customer.id, .init(name: "x", note: nil, attributes: nil), by: stranger)
                    }
                ),
                (
                    "start",
                    {
                        _ = try await store.start(
                            .init(actor: stranger, account: "support", to: .externalID("5"), take: true, message: nil)
                        ) { _, draft in [draft.asItIs] }
                    }
                ),
            ]
            for (name, attempt) in attempts { #expect(await refusal(attempt)?.code == .notFound, "\(name)") }
            #expect(try await store.interactions(.init(limit: 10), for: stranger).items.isEmpty)
        }
    }

    @Test("what an agent notes about a customer is told, and raises the version of the open chat")
    func customer() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let change = CustomerChange(name: nil, note: "vip", attributes: [.init(name: "city", value: "Riga")])
            let (customer, events) = try await f.store.update(chat.customer.id, change, by: Self.anna)
            #expect(customer.note == "vip" && customer.attributes == [.init(name: "city", value: "Riga")])
            #expect(events.map(\.type) == [.customerUpdated, .interactionUpdated])
            #expect(try await f.openChat("100").version == chat.version + 1)
            #expect(try await f.store.update(chat.customer.id, change, by: Self.anna).events.isEmpty)
            #expect(try await f.store.customer(chat.customer.id, for: Self.anna) == customer)
        }
    }
}
