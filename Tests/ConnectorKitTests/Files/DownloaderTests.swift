import AgentProtocol
import Coordination
import Domain
import Postgres
import Store
import Synchronization
import TestSupport
import Testing

@testable import ConnectorKit

@Suite("Files of customers are fetched into the database")
struct DownloaderTests {
    /// Gives what it is told to, in turn.
    private final class Messenger: MessengerConnector {
        private let answers: Mutex<[(bytes: [UInt8], outcome: DownloadOutcome)]>
        private let asked = Mutex<[String]>([])
        private let picture: String?

        init(_ answers: [(bytes: [UInt8], outcome: DownloadOutcome)], picture: String? = nil) {
            self.answers = Mutex(answers)
            self.picture = picture
        }

        var sources: [String] { asked.withLock { $0 } }

        func open() async throws(ConnectorFailure) -> MessengerIdentity { .init(externalID: "1", name: "m") }
        func poll(from position: Int64?) async throws(ConnectorFailure) -> PollBatch { PollBatch() }
        func send(_ part: OutgoingPart) async -> SendReport {
            .init(outcome: .notTaken(.init(code: "no", text: "no")), request: "", response: nil)
        }
        func avatarSource(of chat: String) async throws(ConnectorFailure) -> String? { picture }

        func download(_ source: String, into sink: any FileSink) async -> DownloadOutcome {
            asked.withLock { $0.append(source) }
            let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            guard let answer else { return .gone(.init(code: "end", text: "nothing is left")) }
            do throws(EralinkError) {
                try await sink.begin(name: nil, mime: nil, size: nil)
                try await sink.write(answer.bytes)
            } catch {
                return .gone(.init(code: error.code.name, text: error.message))
            }
            return answer.outcome
        }
    }

    private static let photo: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + Array(repeating: 5, count: 600_000)

    /// A customer's photo is announced and taken into the history; then the downloader runs until the agent is told.
    private func fetched(
        _ messenger: Messenger, limit: Int64 = 1 << 20, refusal: Reason? = nil,
        _ check: @escaping @Sendable (StoreFixture, [EventRecord]) async throws -> Void
    ) async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            var media = MediaContent(file: .unassigned)
            media.caption = "смотрите"
            let message = IncomingMessage(
                externalID: "5", content: .media(.image, media),
                file: IncomingFile(source: "file-1", uniqueKey: "u1", name: "p.jpg", refusal: refusal))
            _ = try await f.store.storePolled(
                [Inbound(key: "k5", chat: "100", event: .message(message))], position: 1, by: proof)
            var events = try await f.ingestAll()
            #expect(events.contains { $0.type == .messageCreated })
            let downloader = Downloader(
                account: .init(
                    id: f.account.id, name: "support", kind: .telegram, apiURL: "", token: Secret("t"), settings: [:]),
                connector: messenger, store: f.store, coordination: InMemoryCoordination(),
                term: LeaseTerm(proof: proof, until: .now + .seconds(600)), limit: limit, logger: .silent)
            let running = Task { await downloader.run() }
            let end = ContinuousClock.now + .seconds(30)
            while !events.contains(where: { $0.type == .fileUpdated }), refusal == nil, ContinuousClock.now < end {
                events += try await f.ingestAll()
                try await Task.sleep(for: .milliseconds(20))
            }
            running.cancel()
            await running.value
            try await check(f, events)
        }
    }

    private func content(_ f: StoreFixture) async throws -> String {
        try await f.store.pool.batch(["SELECT content FROM message WHERE kind = 'image'"])[0][0].value(at: 0)
    }

    @Test("a photo becomes ready, its message says so, and its bytes are the messenger's")
    func fetchedWhole() async throws {
        try await fetched(Messenger([(Self.photo, .done)])) { f, events in
            #expect(events.last { $0.type == .fileUpdated } != nil)
            let content = try await content(f)
            #expect(content.contains(#""file_state":"ready""#))
            #expect(content.contains(#""mime":"image/jpeg""#))
            #expect(content.contains(#""size":\#(Self.photo.count)"#))
            #expect(content.contains("смотрите"))
            let id: FileID = try await f.store.pool.batch(["SELECT file_id FROM message WHERE kind = 'image'"])[0][0]
                .value(at: 0)
            var bytes: [UInt8] = []
            for try await chunk in f.store.bytes(of: id, in: 0..<Int64(Self.photo.count)) { bytes += chunk }
            #expect(bytes == Self.photo)
        }
    }

    @Test("what fails in passing is tried again, from the beginning")
    func triedAgain() async throws {
        let later = DownloadOutcome.again(.init(code: "busy", text: "busy"), after: .milliseconds(10))
        let messenger = Messenger([(Array(Self.photo.prefix(300_000)), later), (Self.photo, .done)])
        try await fetched(messenger) { f, _ in
            let shown = try await content(f)
            #expect(shown.contains(#""file_state":"ready""#))
            #expect(messenger.sources == ["file-1", "file-1"])
            let chunks: Int64 = try await f.store.pool.batch(["SELECT count(*) FROM file_chunk"])[0][0].value(at: 0)
            #expect(chunks == 3)
        }
    }

    @Test(
        "what is over the limit, or gone, fails with its reason and leaves no bytes",
        arguments: [100, 1 << 20] as [Int64])
    func failed(limit: Int64) async throws {
        let gone = DownloadOutcome.gone(.init(code: "gone", text: "it is gone"))
        try await fetched(Messenger([(Self.photo, gone)]), limit: limit) { f, events in
            let shown = try await content(f)
            #expect(shown.contains(#""file_state":"failed""#))
            let told = try #require(events.last { $0.type == .fileUpdated })
            #expect(String(decoding: told.data, as: UTF8.self).contains(limit == 100 ? "too_large" : "gone"))
            let chunks: Int64 = try await f.store.pool.batch(["SELECT count(*) FROM file_chunk"])[0][0].value(at: 0)
            #expect(chunks == 0)
        }
    }

    @Test("what the messenger will never give is failed from the start, and not asked for")
    func refused() async throws {
        let messenger = Messenger([])
        try await fetched(messenger, refusal: .init(code: "too_large", text: "over 20 MB")) { f, _ in
            let shown = try await content(f)
            #expect(shown.contains(#""file_state":"failed""#))
            #expect(messenger.sources.isEmpty)
        }
    }
}
