import AgentProtocol
import Domain
import JSON
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("Editing and deleting", .timeLimit(.minutes(5)))
struct ChangeTests {
    static let anna = Actor.agent("anna")

    private func edit(
        _ f: StoreFixture, _ id: MessageID, _ text: String, keyboard: Keyboard? = nil, as actor: Actor = anna,
        over table: @escaping ChannelTable = StoreFixture.lively
    ) async throws(EralinkError) -> MessageReceipt {
        try await f.store.change(id, .text(TextContent(text: text), keyboard: keyboard), by: actor, over: table)
    }

    @Test("what still waits is rewritten in the queue, also under the eyes of who has read it already")
    func queued() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let message = try await f.send([.text("hi", to: chat.id, as: Self.anna, msgID: "m1")]).answers[0].get()
            let proof = try await f.connector.lead()
            let part = try #require(try await f.connector.queued().first)
            let receipt = try await edit(f, message.id, "ho")
            #expect(receipt.events.map(\.type) == [.messageEdited] && receipt.message.text == "ho")
            #expect(receipt.message.editedAt != nil && receipt.message.state == .accepted)
            let claim = try #require(try await f.store.claim([part.id], deadline: .seconds(60), by: proof).first)
            #expect(claim.rewritten == PartDraft(content: .text(TextContent(text: "ho"))))
            let sending = await refusal { _ = try await edit(f, message.id, "late") }
            #expect(sending?.code == .conflict && sending?.detail("state") == "sending")
            #expect(try await f.claim(by: proof).isEmpty)
        }
    }

    @Test("what was sent is changed in the history at once, and at the messenger by an action")
    func sent() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let proof = try await f.connector.lead()
            let message = try await f.sent(in: chat, as: Self.anna, by: proof)
            let keyboard = Keyboard(style: .inline, rows: [[.init(text: "b", kind: .callback, data: "d")]])
            let receipt = try await edit(f, message.id, "ho", keyboard: keyboard)
            #expect(receipt.events.map(\.type) == [.messageEdited])
            #expect(try await f.messages(of: chat).last?.text == "ho")
            let action = try #require(try await f.claim(by: proof).first)
            #expect(
                action.action
                    == OutgoingAction(
                        chat: "100",
                        kind: .edit(
                            externalID: "ext-\(message.id)-1", content: .text(TextContent(text: "ho")),
                            keyboard: keyboard)))
            #expect(try await f.claim(by: proof).isEmpty)
            #expect(try await f.finish(action, by: proof).isEmpty)
            #expect(try await f.messages(of: chat).last?.text == "ho")
            let trace = try await f.store.trace(message.id)
            #expect(trace.attempts.map(\.action) == [nil, "edit"])
            #expect(trace.attempts.last?.request == "POST /x")
            // The same again changes nothing.
            #expect(try await edit(f, message.id, "ho", keyboard: keyboard).events.isEmpty)
        }
    }

    @Test("an edit that the messenger refuses is taken back, and the agent is told why")
    func refused() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let proof = try await f.connector.lead()
            let message = try await f.sent("one", in: chat, as: Self.anna, by: proof)
            _ = try await edit(f, message.id, "two")
            let action = try #require(try await f.claim(by: proof).first)
            let reason = Reason(code: "too_old", text: "too old")
            let events = try await f.finish(action, .refused(reason), by: proof)
            #expect(events.map(\.type) == [.messageEdited, .messageStatus])
            let told = try JSONValue(parsing: events[1].data)
            #expect(told["reason"]?["code"]?.string == "too_old" && told["state"]?.string == "sent")
            let now = try #require(try await f.messages(of: chat).last)
            #expect(now.text == "one" && now.editedAt == nil && now.state == .sent)
            #expect(try await f.finish(action, .refused(reason), by: proof).isEmpty)
        }
    }

    @Test(
        "edits before the first one is performed are one action; one that follows keeps its order and what to go back to"
    )
    func several() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let proof = try await f.connector.lead()
            let message = try await f.sent("one", in: chat, as: Self.anna, by: proof)
            _ = try await edit(f, message.id, "two")
            _ = try await edit(f, message.id, "three")
            let first = try await f.claim(by: proof)
            #expect(first.count == 1)
            _ = try await edit(f, message.id, "four")
            #expect(try await f.claim(by: proof).isEmpty)
            let reason = Reason(code: "x", text: "x")
            // "four" stands in the history, and is not touched by the end of "three".
            _ = try await f.finish(first[0], .refused(reason), by: proof)
            #expect(try await f.messages(of: chat).last?.text == "four")
            let second = try #require(try await f.claim(by: proof).first)
            _ = try await f.finish(second, .refused(reason), by: proof)
            #expect(try await f.messages(of: chat).last?.text == "one")
        }
    }

    @Test("an edit that is refused before a later one, which changes only the buttons, leaves the history to that one")
    func buttonsAlone() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let proof = try await f.connector.lead()
            let message = try await f.sent("one", in: chat, as: Self.anna, by: proof)
            _ = try await edit(f, message.id, "two")
            let first = try #require(try await f.claim(by: proof).first)
            let keyboard = Keyboard(style: .inline, rows: [[.init(text: "b", kind: .callback, data: "d")]])
            _ = try await edit(f, message.id, "two", keyboard: keyboard)
            _ = try await f.finish(first, .refused(Reason(code: "x", text: "x")), by: proof)
            let now = try #require(try await f.messages(of: chat).last)
            #expect(now.text == "two" && now.keyboard == keyboard.jsonBytes)
        }
    }

    @Test("a deletion that is refused leaves what the messenger shows, not the edits that it made needless")
    func refusedDeletion() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let proof = try await f.connector.lead()
            let message = try await f.sent("one", in: chat, as: Self.anna, by: proof)
            _ = try await edit(f, message.id, "two")
            _ = try await f.store.change(message.id, .delete, by: Self.anna, over: StoreFixture.lively)
            let due = try await f.claim(by: proof)
            #expect(due.map(\.action.kind) == [.delete(externalID: "ext-\(message.id)-1")])
            _ = try await f.finish(due[0], .refused(Reason(code: "x", text: "x")), by: proof)
            let now = try #require(try await f.messages(of: chat).last)
            #expect(now.text == "one" && now.deletedAt == nil && now.editedAt == nil)
        }
    }

    @Test("a deletion is told at once, performed for each part, and taken back where it is refused")
    func delete() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let proof = try await f.connector.lead()
            let message = try await f.sent(in: chat, as: Self.anna, by: proof)
            let receipt = try await f.store.change(message.id, .delete, by: Self.anna, over: StoreFixture.lively)
            #expect(receipt.events.map(\.type) == [.messageDeleted] && receipt.message.deletedAt != nil)
            #expect(
                try await f.store.change(message.id, .delete, by: Self.anna, over: StoreFixture.lively).events.isEmpty)
            #expect(await refusal { _ = try await edit(f, message.id, "x") }?.code == .conflict)
            #expect(await refusal { _ = try await f.store.retry(message.id, by: Self.anna) }?.code == .conflict)
            let action = try #require(try await f.claim(by: proof).first)
            #expect(action.action.kind == .delete(externalID: "ext-\(message.id)-1"))
            let events = try await f.finish(action, .refused(Reason(code: "x", text: "x")), by: proof)
            #expect(events.map(\.type) == [.messageEdited, .messageStatus])
            #expect(try await f.messages(of: chat).last?.deletedAt == nil)
        }
    }

    @Test("what still waits is taken out of the queue, what failed is not there to be deleted")
    func deleteQueued() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let message = try await f.send([.text("hi", to: chat.id, as: Self.anna, msgID: "m1")]).answers[0].get()
            let receipt = try await f.store.change(message.id, .delete, by: Self.anna, over: StoreFixture.lively)
            #expect(receipt.events.map(\.type) == [.messageStatus, .messageDeleted])
            #expect(receipt.message.state == .cancelled)
            #expect(try await f.connector.queued().isEmpty)
            let other = try await f.send([.text("ho", to: chat.id, as: Self.anna, msgID: "m2")]).answers[0].get()
            _ = try await f.store.cancel(other.id, by: Self.anna)
            let gone = await refusal {
                _ = try await f.store.change(other.id, .delete, by: Self.anna, over: StoreFixture.lively)
            }
            #expect(gone?.code == .conflict && gone?.detail("state") == "cancelled")
        }
    }

    @Test("who may, and what cannot be")
    func refusals() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let proof = try await f.connector.lead()
            let message = try await f.sent(in: chat, as: Self.anna, by: proof)
            let incoming = try #require(try await f.messages(of: chat).first)
            func code(
                _ id: MessageID, _ text: String = "x", as actor: Actor = Self.anna,
                _ change: (inout Capabilities) -> Void = { _ in }
            ) async -> (ErrorCode?, String?) {
                var channel = Capabilities.lively
                change(&channel)
                let table = channel
                let error = await refusal { _ = try await edit(f, id, text, as: actor) { _ in table } }
                return (error?.code, error?.detail("feature"))
            }
            #expect(await code(message.id, as: .agent("boris")) == (.forbidden, nil))
            #expect(await code(message.id, as: .agent("boris", accounts: [])) == (.notFound, nil))
            #expect(await code(incoming.id) == (.unsupported, "edit.customer"))
            #expect(await code(message.id) { $0.edit = false } == (.unsupported, "edit"))
            #expect(await code(message.id) { $0.maxAgeSeconds = 0 } == (.unsupported, "edit.age"))
            #expect(await code(message.id, String(repeating: "a", count: 101)) == (.tooLong, "text"))
            let caption = await refusal {
                _ = try await f.store.change(
                    message.id, .caption("x", keyboard: nil), by: Self.anna, over: StoreFixture.lively)
            }
            #expect(caption?.code == .unsupported && caption?.detail("feature") == "edit.caption")
            let deletion = await refusal {
                _ = try await f.store.change(message.id, .delete, by: Self.anna) { _ in
                    var channel = Capabilities.lively
                    channel.delete = false
                    return channel
                }
            }
            #expect(deletion?.code == .unsupported && deletion?.detail("feature") == "delete")
            #expect(try await edit(f, message.id, "by the chief", as: .supervisor("chief")).events.count == 1)
        }
    }

    @Test("a caption is edited, its file stays")
    func caption() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let proof = try await f.connector.lead()
            let message = try await f.sent(in: chat, as: Self.anna, by: proof)
            _ = try await f.store.pool.query(
                "UPDATE message SET kind = 'image', content = '{\"file\":\"9\",\"size\":5}' WHERE id = \(message.id)")
            let receipt = try await f.store.change(
                message.id, .caption("new", keyboard: nil), by: Self.anna, over: StoreFixture.lively)
            guard case .media(.image, let media) = try Content(kind: .image, bytes: receipt.message.content) else {
                Issue.record("not an image")
                return
            }
            #expect(media.caption == "new" && media.file == FileID(9) && media.size == 5)
        }
    }
}
