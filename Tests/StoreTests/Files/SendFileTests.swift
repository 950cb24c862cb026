import AgentProtocol
import Domain
import JSON
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("Sending files", .timeLimit(.minutes(5)))
struct SendFileTests {
    static let anna = Actor.agent("anna")

    @Test("a send says of its file what the file is, in the answer, the event, the history and the queue")
    func facts() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let file = try await f.upload([1, 2, 3], name: "cat.jpg")
            let receipt = try await f.send([
                .image(file, to: chat.id, as: Self.anna, msgID: "m1", caption: "Вот 🐈"),
                .text("after", to: chat.id, as: Self.anna, msgID: "m2"),
            ])
            let wanted =
                #"{"file":"\#(file)","mime":"image/jpeg","size":3,"file_state":"ready","name":"cat.jpg","caption":"Вот 🐈"}"#
            let message = try receipt.answers[0].get()
            #expect(String(decoding: message.content, as: UTF8.self) == wanted)
            #expect(String(decoding: receipt.events[0].data, as: UTF8.self).contains(wanted))
            let history = try await f.messages(of: chat)
            #expect(history.map(\.kind) == [.text, .image, .text])
            #expect(history[1].jsonBytes == message.jsonBytes)
            #expect(try await f.connector.queued()[0].part.content == Content(kind: .image, bytes: message.content))
            #expect(try await f.count("SELECT count(*) FROM message WHERE file_id = \(file)") == 1)
            #expect(try await f.count("SELECT count(*) FROM file WHERE used_at IS NOT NULL") == 1)
        }
    }

    @Test("what the channel is asked knows the file's type and size")
    func admission() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let file = try await f.upload([1, 2, 3])
            let receipt = try await f.store.send([.image(file, to: chat.id, as: Self.anna, msgID: "m1")]) {
                _, draft throws(EralinkError) in
                guard case .media(.image, let media) = draft.content, media.mime == "image/jpeg", media.size == 3 else {
                    return [draft.asItIs]
                }
                throw EralinkError(.tooLarge, "too large")
            }
            #expect(await refusal { _ = try receipt.answers[0].get() }?.code == .tooLarge)
            #expect(try await f.count("SELECT count(*) FROM file WHERE used_at IS NOT NULL") == 0)
        }
    }

    @Test("a file may be sent again within its account, a customer's too; on another account it does not exist")
    func again() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let other = try await f.chat(of: Self.anna, "200")
            let sales = try await f.store.addAccount(.named("sales"), by: "test")
            let file = try await f.upload([1])
            let foreign = try await f.upload([1], to: sales)
            let photo = try await f.photo()
            try await fetch(photo, f)
            let answers = try await f.send([
                .image(file, to: chat.id, as: Self.anna, msgID: "m1"),
                .image(file, to: other.id, as: Self.anna, msgID: "m2"),
                .image(photo, to: other.id, as: Self.anna, msgID: "m3"),
                .image(foreign, to: chat.id, as: Self.anna, msgID: "m4"),
                .image(FileID(1), to: chat.id, as: Self.anna, msgID: "m5"),
            ]).answers
            #expect(answers.prefix(3).allSatisfy { (try? $0.get()) != nil })
            for answer in answers.suffix(2) { #expect(await refusal { _ = try answer.get() }?.code == .notFound) }
        }
    }

    @Test(
        "what is not there yet, or not any more, is a conflict that says how it stands",
        arguments: [
            FileState.pending, .failed, .expired,
        ])
    func notThere(_ state: FileState) async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let file = try await f.upload([1])
            _ = try await f.store.pool.query("UPDATE file SET state = \(state) WHERE id = \(file)")
            let answer = try await f.send([.image(file, to: chat.id, as: Self.anna, msgID: "m1")]).answers[0]
            let error = await refusal { _ = try answer.get() }
            #expect(error?.code == .conflict && error?.detail("state") == state.rawValue)
            #expect(error?.detail("file") == file.description)
        }
    }

    @Test("who may not write is told so before anything is said of the file; a used key answers whatever became of it")
    func order() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let file = try await f.upload([1])
            let boris = try await f.send([.image(FileID(1), to: chat.id, as: .agent("boris"), msgID: "m1")]).answers[0]
            #expect(await refusal { _ = try boris.get() }?.code == .forbidden)
            let draft = OutgoingDraft.image(file, to: chat.id, as: Self.anna, msgID: "m1")
            let first = try await f.send([draft]).answers[0].get()
            _ = try await f.store.pool.query("UPDATE file SET state = 'expired' WHERE id = \(file)")
            #expect(try await f.send([draft]).answers[0].get().id == first.id)
        }
    }

    @Test("a chat begins with a file as well")
    func start() async throws {
        try await StoreFixture.with { f in
            let file = try await f.upload([1, 2])
            let draft = OutgoingDraft.image(file, to: InteractionID(0), as: Self.anna, msgID: "m1")
            let receipt = try await f.store.start(
                StartDraft(
                    actor: Self.anna, account: "support", to: .externalID("700"), take: true, message: draft)
            ) { _, draft in [draft.asItIs] }
            let content = String(decoding: receipt.message?.content ?? [], as: UTF8.self)
            #expect(content.contains(#""size":2"#))
            let unknown = OutgoingDraft.image(FileID(5), to: InteractionID(0), as: Self.anna, msgID: "m2")
            let error = await refusal {
                _ = try await f.store.start(
                    StartDraft(
                        actor: Self.anna, account: "support", to: .externalID("701"), take: true, message: unknown)
                ) { _, draft in [draft.asItIs] }
            }
            #expect(error?.code == .notFound)
            #expect(try await f.count("SELECT count(*) FROM interaction") == 1)
        }
    }

    @Test("a file that is being sent is not removed meanwhile")
    func race() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let file = try await f.upload([1])
            _ = try await f.store.pool.query("UPDATE file SET created_at = clock_timestamp() - interval '2 days'")
            try await f.store.pool.transaction { tx in
                _ = try await tx.query("SELECT 1 FROM file WHERE id = \(file) FOR NO KEY UPDATE")
                async let upkeep = f.store.maintain(eventRetention: .seconds(3600))
                try await f.untilBlocked()
                _ = try await tx.commit(after: ["UPDATE file SET used_at = clock_timestamp() WHERE id = \(file)"])
                _ = try await upkeep
            }
            _ = try await f.send([.image(file, to: chat.id, as: Self.anna, msgID: "m1")]).answers[0].get()
            #expect(try await f.count("SELECT count(*) FROM file_chunk") == 1)
        }
    }

    private func fetch(_ file: FileID, _ f: StoreFixture) async throws {
        let proof = try await f.connector.lead()
        let download = try #require(try await f.store.claimDownloads(by: proof, limit: 10).first { $0.id == file })
        let content = FileContent(of: download, store: f.store, limit: 1000)
        try await content.append([1, 2, 3])
        let digest = try await content.finish()
        _ = try await f.store.settle(
            download,
            as: StoredFile(id: file, account: "support", state: .ready, name: "p.jpg", mime: "image/jpeg", size: 3),
            sha256: digest.sha256, account: f.account.id)
    }
}
