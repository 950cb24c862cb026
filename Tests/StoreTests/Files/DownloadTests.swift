import AgentProtocol
import Domain
import JSON
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("Downloads", .timeLimit(.minutes(5)))
struct DownloadTests {
    private func claim(_ f: StoreFixture, _ proof: LeaseProof) async throws -> [PendingDownload] {
        try await f.store.claimDownloads(by: proof, limit: 10)
    }

    private func ready(_ id: FileID) -> StoredFile {
        StoredFile(
            id: id, account: "support", state: .ready, name: "p.jpg", mime: "image/jpeg", size: 3, sha256: "010203")
    }

    @Test("a customer's photo is pending, is claimed once, and is ready in its message, its event and its row")
    func way() async throws {
        try await StoreFixture.with { f in
            let file = try await f.photo()
            let proof = try await f.connector.lead()
            let claimed = try await claim(f, proof)
            #expect(claimed.map(\.id) == [file] && claimed[0].source == "photo-1" && claimed[0].chat == "100")
            #expect(claimed[0].attempts == 1 && claimed[0].role == .message)
            #expect(try await claim(f, proof).isEmpty)
            let before = try await f.lastPosition()
            #expect(
                try await f.store.settle(claimed[0], as: ready(file), sha256: [1, 2, 3], account: f.account.id) != nil)
            try await f.ingestAll()
            let record = try await f.store.file(file, account: "support")
            #expect(record.file == ready(file))
            let events = try await f.events(after: before)
            #expect(events.map(\.type) == [.fileUpdated])
            #expect(String(decoding: events[0].data, as: UTF8.self).contains(#""state":"ready""#))
            let chat = try await f.openChat("100")
            let message = try #require(try await f.messages(of: chat).last)
            let shown = String(decoding: message.content, as: UTF8.self)
            #expect(shown.contains(#""file_state":"ready""#) && shown.contains(#""caption":"look""#))
            #expect(try await claim(f, proof).isEmpty)
        }
    }

    @Test("a photo that cannot be had is failed with its reason, and leaves no bytes")
    func failed() async throws {
        try await StoreFixture.with { f in
            let file = try await f.photo()
            let download = try #require(try await claim(f, try await f.connector.lead()).first)
            let content = FileContent(of: download, store: f.store, limit: 1 << 20)
            try await content.append([UInt8](repeating: 1, count: 300_000))
            var failed = StoredFile(id: file, account: "support", state: .failed)
            failed.reason = Reason(code: "gone", text: "the messenger has it no more")
            _ = try await f.store.settle(download, as: failed, sha256: nil, account: f.account.id)
            try await f.ingestAll()
            let record = try await f.store.file(file, account: "support")
            #expect(record.file.state == .failed && record.file.reason == failed.reason)
            #expect(try await f.count("SELECT count(*) FROM file_chunk") == 0)
        }
    }

    @Test("what is put off comes again when it is due, and counts its attempts")
    func postponed() async throws {
        try await StoreFixture.with { f in
            _ = try await f.photo()
            let proof = try await f.connector.lead()
            let first = try #require(try await claim(f, proof).first)
            try await f.store.postpone(first, for: .seconds(3600), reason: Reason(code: "busy", text: "later"))
            #expect(try await claim(f, proof).isEmpty)
            try await f.store.postpone(first, for: .zero, reason: Reason(code: "busy", text: "later"))
            #expect(try await claim(f, proof).map(\.attempts) == [2])
        }
    }

    @Test(
        "the next holder of the lease takes at once what the one before was at, and what that one says later counts for nothing"
    )
    func takenOver() async throws {
        try await StoreFixture.with { f in
            let file = try await f.photo()
            let old = try await f.connector.lead(as: "a", term: .milliseconds(1))
            let lost = try #require(try await claim(f, old).first)
            try await Task.sleep(for: .milliseconds(5))
            let new = try await f.connector.lead(as: "b")
            let taken = try #require(try await claim(f, new).first)
            #expect(taken.id == file && new.epoch > old.epoch)
            let late = FileContent(of: lost, store: f.store, limit: 1 << 20)
            let refused = await refusal { try await late.append([UInt8](repeating: 1, count: 256 << 10)) }
            #expect(refused?.code == .unavailable)
            #expect(try await f.count("SELECT count(*) FROM file_chunk") == 0)
            #expect(try await f.store.settle(lost, as: ready(file), sha256: [1], account: f.account.id) == nil)
            #expect(try await f.store.file(file, account: "support").file.state == .pending)
            #expect(try await f.store.settle(taken, as: ready(file), sha256: [1], account: f.account.id) != nil)
            // Said once: a second time changes nothing and tells nobody.
            #expect(try await f.store.settle(taken, as: ready(file), sha256: [1], account: f.account.id) == nil)
        }
    }

    @Test("a reader waits for a file on its way, and no longer than it said")
    func waiting() async throws {
        try await StoreFixture.with { f in
            let file = try await f.photo()
            let download = try #require(try await claim(f, try await f.connector.lead()).first)
            let still = try await f.store.settledFile(file, account: "support", within: .milliseconds(50))
            #expect(still.file.state == .pending)
            async let waiting = f.store.settledFile(file, account: "support", within: .seconds(60))
            _ = try await f.store.settle(download, as: ready(file), sha256: [1], account: f.account.id)
            #expect(try await waiting.file.state == .ready)
        }
    }

    @Test("a customer's picture is asked for once a day, of chats that are open")
    func pictures() async throws {
        try await StoreFixture.with { f in
            _ = try await f.newChat("100")
            let closed = try await f.chat(of: .agent("anna"), "200")
            _ = try await f.store.change(closed.id, version: closed.version, by: .agent("anna"), .close(note: nil))
            #expect(try await f.store.chatsWithoutPicture(of: f.account.id, limit: 10) == ["100"])
            #expect(try await f.store.chatsWithoutPicture(of: f.account.id, limit: 10).isEmpty)
            _ = try await f.store.pool.query("UPDATE customer SET avatar_at = avatar_at - interval '25 hours'")
            #expect(try await f.store.chatsWithoutPicture(of: f.account.id, limit: 10) == ["100"])
        }
    }
}
