import AgentProtocol
import Domain
import JSON
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("Actions in their queue", .timeLimit(.minutes(5)))
struct ActionTests {
    static let anna = Actor.agent("anna")

    private func age(_ f: StoreFixture, by seconds: Int) async throws {
        _ = try await f.store.pool.query(
            """
            UPDATE action SET not_before = not_before - make_interval(secs => \(Double(seconds))),
                expires_at = expires_at - make_interval(secs => \(Double(seconds))),
                claimed_until = claimed_until - make_interval(secs => \(Double(seconds)))
            """)
    }

    @Test("a press is answered emptily when its time is over, once, however often it comes")
    func unanswered() async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            try await f.connector.receive([.press("cb1", pressed: "1"), .press("cb1", pressed: "1")])
            try await f.connector.receive([.press("cb1", pressed: "1")])
            let early = try await f.store.claimActions(limit: 10, busy: .seconds(60), by: proof)
            let wait = try #require(early.next)
            #expect(early.actions.isEmpty && wait > .milliseconds(500) && wait <= .seconds(3))
            try await age(f, by: 4)
            let due = try await f.claim(by: proof)
            #expect(
                due.map(\.action) == [
                    OutgoingAction(chat: "100", kind: .answerCallback(id: "cb1", text: nil, alert: false))
                ])
            try await f.ingestAll()
            try await f.finish(due[0], by: proof)
            let message = try #require(try await f.messages(of: f.openChat("100")).first)
            #expect(try await f.store.trace(message.id).attempts.map(\.action) == ["answer"])
            #expect(try await f.store.claimActions(limit: 10, busy: .seconds(60), by: proof).next == nil)
        }
    }

    @Test("an agent's answer goes out at once, in its words; after it the press is answered")
    func answered() async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            let chat = try await f.chat(of: Self.anna)
            try await f.connector.receive([.press("cb1", pressed: "1")])
            try await f.ingestAll()
            func answer(_ callback: String = "cb1", by actor: Actor = Self.anna) async -> EralinkError? {
                await refusal {
                    _ = try await f.store.answer(
                        callback, text: "Done", alert: true, by: actor, over: StoreFixture.lively)
                }
            }
            #expect(await answer("nothing")?.code == .notFound)
            #expect(await answer(by: .agent("anna", accounts: ["other"]))?.code == .notFound)
            #expect(await answer(by: .agent("boris"))?.code == .forbidden)
            let mute = await refusal {
                _ = try await f.store.answer("cb1", text: nil, alert: false, by: Self.anna) { _ in
                    Capabilities(kinds: [:], textMax: 1, textUnit: .utf16)
                }
            }
            #expect(mute?.code == .unsupported)
            #expect(await answer() == nil)
            #expect(await answer()?.code == .conflict)
            let due = try await f.claim(by: proof)
            #expect(due.map(\.action.kind) == [.answerCallback(id: "cb1", text: "Done", alert: true)])
            try await f.finish(due[0], by: proof)
            #expect(await answer(by: .supervisor("chief"))?.code == .conflict)
            #expect(try await f.messages(of: chat).count == 2)
        }
    }

    @Test("a press that was answered emptily, or is over, cannot be answered any more")
    func late() async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            _ = try await f.chat(of: Self.anna)
            try await f.connector.receive([.press("cb1", pressed: "1"), .press("cb2", pressed: "1")])
            try await f.ingestAll()
            try await age(f, by: 4)
            #expect(try await f.claim(by: proof, limit: 1).count == 1)
            try await age(f, by: 200)
            #expect(try await f.claim(by: proof).isEmpty)
            for callback in ["cb1", "cb2"] {
                let error = await refusal {
                    _ = try await f.store.answer(
                        callback, text: nil, alert: false, by: Self.anna, over: StoreFixture.lively)
                }
                #expect(error?.code == .conflict)
            }
            #expect(try await f.store.expireActions(by: proof).isEmpty)
            #expect(try await f.count("SELECT count(*) FROM action WHERE state <> 'done'") == 0)
        }
    }

    @Test("a chat's changes keep their order, those of other chats and answers go on; a hold holds its chat")
    func order() async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            let chats = [try await f.chat(of: Self.anna), try await f.chat(of: Self.anna, "200")]
            var messages: [Message] = []
            for (index, chat) in [chats[0], chats[0], chats[1]].enumerated() {
                messages.append(try await f.sent(in: chat, as: Self.anna, msgID: "m\(index)", by: proof))
            }
            for message in messages {
                _ = try await f.store.change(message.id, .delete, by: Self.anna, over: StoreFixture.lively)
            }
            try await f.connector.receive([.press("cb", pressed: "1")])
            try await f.ingestAll()
            _ = try await f.store.answer("cb", text: nil, alert: false, by: Self.anna, over: StoreFixture.lively)
            let first = try await f.claim(by: proof)
            #expect(first.map(\.action.chat) == ["100", "200", "100"])
            try await f.finish(first[0], .again(after: .zero), hold: .seconds(30), by: proof)
            #expect(try await f.claim(by: proof).isEmpty)
            try await age(f, by: 31)
            let again = try await f.claim(by: proof)
            #expect(again.first?.id == first[0].id && again.first?.attempts == 2)
            try await f.finish(again[0], by: proof)
            #expect(try await f.claim(by: proof).map(\.action.kind) == [.delete(externalID: "ext-\(messages[1].id)-1")])
        }
    }

    @Test("what nobody finished is taken again after its time; who lost the lease takes nothing")
    func recovery() async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            let chat = try await f.chat(of: Self.anna)
            let message = try await f.sent(in: chat, as: Self.anna, by: proof)
            _ = try await f.store.change(message.id, .delete, by: Self.anna, over: StoreFixture.lively)
            #expect(try await f.claim(by: proof).count == 1)
            #expect(try await f.claim(by: proof).isEmpty)
            try await age(f, by: 61)
            #expect(try await f.claim(by: proof).count == 1)
            try await age(f, by: 61)
            let old = LeaseProof(account: proof.account, epoch: proof.epoch - 1)
            #expect(await refusal { _ = try await f.claim(by: old) }?.code == .conflict)
        }
    }

    @Test("while another attempt is under way, what came of the one before it counts for the trail alone")
    func overtaken() async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            let chat = try await f.chat(of: Self.anna)
            let message = try await f.sent(in: chat, as: Self.anna, by: proof)
            _ = try await f.store.change(
                message.id, .text(TextContent(text: "x"), keyboard: nil), by: Self.anna, over: StoreFixture.lively)
            let first = try #require(try await f.claim(by: proof).first)
            try await age(f, by: 61)
            let second = try #require(try await f.claim(by: proof).first)
            #expect(second.id == first.id && second.attempts == 2)
            for verdict in [
                ActionRecord.Verdict.done, .again(after: .zero), .refused(Reason(code: "x", text: "x")),
            ] {
                #expect(try await f.finish(first, verdict, by: proof).isEmpty)
                // The one behind it must not start while it is under way.
                #expect(try await f.count("SELECT count(*) FROM action WHERE state = 'doing' AND attempts = 2") == 1)
            }
            #expect(try await f.messages(of: chat).last?.text == "x")
            try await f.finish(second, .again(after: .seconds(60)), by: proof)
            // Done is done, and need not be repeated.
            try await f.finish(first, .done, by: proof)
            #expect(try await f.count("SELECT count(*) FROM action WHERE state <> 'done'") == 0)
            #expect(try await f.store.trace(message.id).attempts.map(\.number).sorted() == [1, 1, 1, 1, 1, 2])
        }
    }

    @Test("what stands behind another one of its chat is no reason to look again")
    func behind() async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            let chat = try await f.chat(of: Self.anna)
            for number in 1...2 {
                let message = try await f.sent(in: chat, as: Self.anna, msgID: "m\(number)", by: proof)
                _ = try await f.store.change(message.id, .delete, by: Self.anna, over: StoreFixture.lively)
            }
            #expect(try await f.claim(by: proof).count == 1)
            let behind = try await f.store.claimActions(limit: 10, busy: .seconds(60), by: proof)
            #expect(behind.actions.isEmpty)
            #expect(try #require(behind.next) > .seconds(50))
        }
    }

    @Test("what could not be done in its time is taken back")
    func expired() async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            let chat = try await f.chat(of: Self.anna)
            let message = try await f.sent(in: chat, as: Self.anna, by: proof)
            _ = try await f.store.change(
                message.id, .text(TextContent(text: "x"), keyboard: nil), by: Self.anna, over: StoreFixture.lively)
            try await age(f, by: 25 * 3600)
            let events = try await f.store.expireActions(by: proof)
            #expect(events.map(\.type) == [.messageEdited, .messageStatus])
            #expect(try JSONValue(parsing: events[1].data)["reason"]?["code"]?.string == "expired")
            #expect(try await f.messages(of: chat).last?.text == "hi")
        }
    }

    @Test("reading reaches the messenger by the newest message, one mark at a time")
    func readMarks() async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            let chat = try await f.chat(of: Self.anna)
            try await f.connector.receive((2...4).map { .text("\($0)", chat: "100", external: "\($0)") })
            try await f.ingestAll()
            _ = try await f.store.markRead(chat.id, upTo: 2, by: Self.anna, over: StoreFixture.lively)
            _ = try await f.store.markRead(chat.id, upTo: 4, by: Self.anna, over: StoreFixture.lively)
            #expect(try await f.claim(by: proof).map(\.action.kind) == [.markRead(externalID: "4")])
            _ = try await f.store.markRead(chat.id, upTo: 4, by: Self.anna) { _ in nil }
            #expect(try await f.claim(by: proof).isEmpty)
        }
    }
}
