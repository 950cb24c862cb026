import Domain
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("Files in the database", .timeLimit(.minutes(5)))
struct FileBytesTests {
    /// Two chunks and a bit, every byte telling its place.
    static let bytes = (0..<(2 * (256 << 10) + 1000)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    @Test("what was put in in pieces comes out whole, in chunks of 256 KiB")
    func whole() async throws {
        try await StoreFixture.with { f in
            for piece in [1_000_000, 100_000, 256 << 10, 7919] {
                let id = try await f.upload(Self.bytes, inPiecesOf: piece)
                let record = try await f.store.file(id, account: "support")
                #expect(record.file.size == Int64(Self.bytes.count) && record.file.state == .ready)
                var chunks: [[UInt8]] = []
                for try await chunk in f.store.bytes(of: id, in: 0..<Int64(Self.bytes.count)) { chunks.append(chunk) }
                #expect(chunks.map(\.count) == [256 << 10, 256 << 10, 1000], "\(piece)")
                #expect(Array(chunks.joined()) == Self.bytes)
            }
        }
    }

    static let stretches: [Range<Int64>] = [
        0..<1, 0..<262_144, 262_143..<262_145, 262_144..<524_288, 5..<500_000, 525_287..<525_288, 100..<100,
    ]

    @Test("a stretch comes out exactly, wherever chunks end", arguments: stretches)
    func stretch(_ range: Range<Int64>) async throws {
        try await StoreFixture.with { f in
            let id = try await f.upload(Self.bytes)
            var read: [UInt8] = []
            for try await chunk in f.store.bytes(of: id, in: range) { read += chunk }
            #expect(read == Array(Self.bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
    }

    @Test("readers that pause hold no connection: ten of them read over one, with others at work between")
    func slowReaders() async throws {
        try await StoreFixture.with { f in
            let id = try await f.upload(Self.bytes)
            try await f.withStore(connections: 1) { store in
                var readers = (0..<10).map { _ in
                    store.bytes(of: id, in: 0..<Int64(Self.bytes.count)).makeAsyncIterator()
                }
                for _ in 0..<3 {
                    for index in readers.indices {
                        #expect(try await readers[index].next() != nil)
                        _ = try await store.file(id, account: "support")
                    }
                }
                for index in readers.indices { #expect(try await readers[index].next() == nil) }
            }
        }
    }

    @Test("a reader whose file is removed meanwhile is told so, and not given too little")
    func removedMeanwhile() async throws {
        try await StoreFixture.with { f in
            let id = try await f.upload(Self.bytes)
            var reader = f.store.bytes(of: id, in: 0..<Int64(Self.bytes.count)).makeAsyncIterator()
            _ = try await reader.next()
            try await f.store.dropFile(id)
            #expect(await refusal { _ = try await reader.next() }?.code == .notFound)
            #expect(try await f.count("SELECT count(*) FROM file_chunk") == 0)
        }
    }

    @Test("past the limit nothing more is taken")
    func limit() async throws {
        try await StoreFixture.with { f in
            let id = FileID.random()
            try await f.store.beginUpload(id, account: f.account.id, name: "x", by: "anna")
            let content = FileContent(of: id, store: f.store, limit: 300_000)
            try await content.append([UInt8](repeating: 1, count: 300_000))
            let error = await refusal { try await content.append([1]) }
            #expect(error?.code == .tooLarge && error?.detail("limit") == "300000")
        }
    }

    @Test(
        "uploads that nobody sent go after a day with their bytes, broken ones after six hours, those that were sent stay"
    )
    func upkeep() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: .agent("anna"))
            let (old, fresh, sent) = (
                try await f.upload([1]), try await f.upload([2]), try await f.upload([3])
            )
            _ = try await f.send([.image(sent, to: chat.id, as: .agent("anna"), msgID: "m")]).answers[0].get()
            let broken = FileID.random()
            try await f.store.beginUpload(broken, account: f.account.id, name: "x", by: "anna")
            try await FileContent(of: broken, store: f.store, limit: 1 << 20).append(
                [UInt8](repeating: 1, count: 256 << 10))
            _ = try await f.store.pool.query(
                """
                UPDATE file SET created_at = clock_timestamp() - interval '25 hours' WHERE id <> \(fresh)
                """)
            _ = try await f.store.pool.query(
                "UPDATE file SET created_at = clock_timestamp() - interval '7 hours' WHERE id = \(broken)")
            _ = try await f.store.maintain(eventRetention: .seconds(3600))
            let left = try await f.store.pool.query("SELECT id FROM file ORDER BY id").values(FileID.self)
            #expect(left == [fresh, sent].sorted())
            #expect(try await f.count("SELECT count(*) FROM file_chunk") == 2)
            #expect(await refusal { _ = try await f.store.file(old, account: "support") }?.code == .notFound)
        }
    }

    @Test("what is being written when a file is removed goes with it")
    func removedInFlight() async throws {
        try await StoreFixture.with { f in
            let id = FileID.random()
            try await f.store.beginUpload(id, account: f.account.id, name: "x", by: "anna")
            try await f.store.pool.transaction { tx in
                // As `putChunk` does it, held open.
                _ = try await tx.query("SELECT 1 FROM file WHERE id = \(id) FOR SHARE")
                _ = try await tx.query("INSERT INTO file_chunk (file_id, n, data) VALUES (\(id), 0, 'x')")
                async let dropped: Void = f.store.dropFile(id)
                try await f.untilBlocked()
                _ = try await tx.commit(after: [])
                try await dropped
            }
            #expect(try await f.count("SELECT count(*) FROM file_chunk") == 0)
            let late = FileContent(of: id, store: f.store, limit: 1 << 20)
            #expect(
                await refusal { try await late.append([UInt8](repeating: 1, count: 256 << 10)) }?.code == .unavailable)
        }
    }

    @Test("an upload whose place was removed meanwhile does not count as whole")
    func lateFinish() async throws {
        try await StoreFixture.with { f in
            let id = FileID.random()
            try await f.store.beginUpload(id, account: f.account.id, name: "x", by: "anna")
            let content = FileContent(of: id, store: f.store, limit: 1 << 20)
            try await content.append([1, 2, 3])
            let digest = try await content.finish()
            try await f.store.dropFile(id)
            let error = await refusal { try await f.store.finishUpload(id, name: "x", mime: "image/png", digest) }
            #expect(error?.code == .unavailable)
        }
    }
}
