import AgentProtocol
import Domain
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("Messages in several parts", .timeLimit(.minutes(5)))
struct SeveralPartsTests {
    static let anna = Actor.agent("anna")

    private func sendThree(_ f: StoreFixture, in chat: Interaction) async throws -> Message {
        let keyboard = Keyboard(style: .inline, rows: [[.init(text: "b", kind: .callback, data: "d")]])
        let receipt = try await f.store.send([.text("a b c", to: chat.id, as: Self.anna, msgID: "m1")]) { _, _ in
            ["a ", "b ", "c"].map {
                PartDraft(content: .text(TextContent(text: $0)), keyboard: $0 == "c" ? keyboard : nil)
            }
        }
        return try receipt.answers[0].get()
    }

    @Test("each part has its row, the reply stands in the first, the keyboard in the last")
    func rows() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let message = try await sendThree(f, in: chat)
            #expect(message.parts.map(\.number) == [1, 2, 3] && message.text == "a b c")
            let queued = try await f.connector.queued().map(\.part)
            #expect(queued.map(\.number) == [1, 2, 3])
            #expect(queued.map(\.content) == ["a ", "b ", "c"].map { .text(TextContent(text: $0)) })
            #expect(queued.map { $0.keyboard != nil } == [false, false, true])
        }
    }

    @Test("a retry goes on at the failed part, with what was to be sent")
    func retry() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let message = try await sendThree(f, in: chat)
            let proof = try await f.connector.lead()
            try await f.connector.attempt(try await f.connector.queued(), by: proof) { part, claim in
                part.part.number == 2
                    ? .of(part, claim, .settled(.failed), "refused", reason: .init(code: "x", text: "x"))
                    : .sent(part, claim, external: "e\(part.part.number)")
            }
            try await f.ingestAll()
            let failed = try #require(try await f.messages(of: chat).last)
            #expect(failed.state == .failed && failed.parts.map(\.state) == [.sent, .failed, .sent])
            #expect(failed.parts.map(\.externalID) == ["e1", nil, "e3"])
            _ = try await f.store.retry(message.id, by: Self.anna)
            #expect(try await f.connector.queued().map(\.part.content) == [.text(TextContent(text: "b "))])
            try await f.settle(by: proof)
            #expect(try await f.messages(of: chat).last?.state == .sent)
        }
    }

    @Test("receipts, replies and presses find the message by any of its parts")
    func externals() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let message = try await sendThree(f, in: chat)
            try await f.settle(by: try await f.connector.lead())
            func external(_ part: Int) -> String { "ext-\(message.id)-\(part)" }
            try await f.connector.receive([
                .receipt(.delivered, external: external(2), chat: "100", key: "r2"),
                .text("re", chat: "100", external: "9", reply: .init(externalID: external(3), preview: "c")),
                .press("cb", pressed: external(3)),
            ])
            try await f.ingestAll()
            let messages = try await f.messages(of: chat)
            #expect(messages[1].parts.map(\.state) == [.sent, .delivered, .sent] && messages[1].state == .sent)
            #expect(messages[2].replyTo?.id == message.id)
            guard case .callback(let press) = try Content(kind: .callback, bytes: messages[3].content) else {
                Issue.record("not a press")
                return
            }
            #expect(press.message == message.id)
            try await f.connector.receive([
                .receipt(.read, external: external(1), chat: "100", key: "r1"),
                .receipt(.read, external: external(3), chat: "100", key: "r3"),
            ])
            try await f.ingestAll()
            #expect(try await f.messages(of: chat)[1].state == .delivered)
        }
    }

    @Test("what went out in other parts than itself cannot be edited, but deleted part by part")
    func changes() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let message = try await sendThree(f, in: chat)
            let proof = try await f.connector.lead()
            try await f.settle(by: proof)
            let edit = await refusal {
                _ = try await f.store.change(
                    message.id, .text(TextContent(text: "x"), keyboard: nil), by: Self.anna, over: StoreFixture.lively)
            }
            #expect(edit?.code == .unsupported && edit?.detail("feature") == "edit.parts")
            _ = try await f.store.change(message.id, .delete, by: Self.anna, over: StoreFixture.lively)
            var deleted: [OutgoingAction.Kind] = []
            while let action = try await f.claim(by: proof).first {
                deleted.append(action.action.kind)
                try await f.finish(action, by: proof)
            }
            #expect(deleted == (1...3).map { .delete(externalID: "ext-\(message.id)-\($0)") })
        }
    }

    @Test("a forward goes out by its source, its group by its name; both stay for a retry and for the reader")
    func forward() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            var draft = OutgoingDraft.text("seen", to: chat.id, as: Self.anna, msgID: "f1")
            draft.forward = .init(chat: "7", externalID: "77")
            draft.forwardedFrom = ForwardOrigin(name: "Olga", externalID: "77", at: .now)
            draft.group = "g"
            let message = try await f.send([draft]).answers[0].get()
            #expect(message.forwardedFrom?.name == "Olga")
            #expect(try await f.messages(of: chat).last?.forwardedFrom?.externalID == "77")
            let part = try #require(try await f.connector.queued().first?.part)
            #expect(part.forward == draft.forward && part.group == "g")
            _ = try await f.store.cancel(message.id, by: Self.anna)
            _ = try await f.store.retry(message.id, by: Self.anna)
            #expect(try await f.connector.queued().first?.part == part)
        }
    }

    @Test("a draft that the check refuses uses up no key")
    func refusedDraft() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let draft = OutgoingDraft.text("x", to: chat.id, as: Self.anna, msgID: "m1")
            let refused = try await f.store.send([draft]) { account, _ throws(EralinkError) in
                throw EralinkError(.unsupported("text", "no"), account)
            }
            #expect(throws: EralinkError.self) { try refused.answers[0].get() }
            #expect(try await f.send([draft]).answers[0].get().seq == 2)
        }
    }

    @Test("a file of one account is copied into another, bytes and all")
    func copy() async throws {
        try await StoreFixture.with { f in
            let other = try await f.store.addAccount(.named("other"), by: "test")
            _ = try await f.store.pool.batch([
                """
                INSERT INTO file (id, account_id, role, chat, state, name, mime, size, ready_at)
                VALUES (5, \(f.account.id), 'message', '100', 'ready', 'a.png', 'image/png', 3, now()),
                    (6, \(f.account.id), 'message', '100', 'pending', null, null, null, null)
                """, "INSERT INTO file_chunk (file_id, n, data) VALUES (5, 0, 'abc')",
            ])
            let copy = try await f.store.copyFile(FileID(5), from: f.account.id, to: other.id, by: Self.anna)
            let row = try await f.store.pool.query(
                """
                SELECT a.name, f.role, f.name, f.size, c.data FROM file f JOIN account a ON a.id = f.account_id
                JOIN file_chunk c ON c.file_id = f.id WHERE f.id = \(copy)
                """)[0]
            let (account, role, name, size, data) = try row.decode(
                String.self, String.self, String.self, Int64.self, [UInt8].self)
            #expect((account, role, name, size) == ("other", "upload", "a.png", 3) && data == Array("abc".utf8))
            let pending = await refusal {
                _ = try await f.store.copyFile(FileID(6), from: f.account.id, to: other.id, by: Self.anna)
            }
            #expect(pending?.code == .conflict && pending?.detail("state") == "pending")
            let foreign = await refusal {
                _ = try await f.store.copyFile(FileID(5), from: other.id, to: f.account.id, by: Self.anna)
            }
            #expect(foreign?.code == .notFound)
        }
    }
}
