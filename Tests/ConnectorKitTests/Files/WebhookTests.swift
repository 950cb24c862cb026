import AgentProtocol
import ConnectorKit
import Domain
import HTTPFetch
import Store
import TestSupport
import Testing

@Suite("Webhooks")
struct WebhookTests {
    /// Takes `chat:external:text` lines; a body that begins with `x` cannot be read, with `?` is unsigned.
    private struct Lines: WebhookReceiver {
        func read(_ request: WebhookRequest) throws(WebhookRefusal) -> WebhookReading {
            let text = String(decoding: request.body, as: UTF8.self)
            if text.hasPrefix("x") { throw .unreadable }
            if text.hasPrefix("?") || request.header("X-Signature") != "good" { throw .unauthorized }
            let items = text.split(separator: "\n").map { line in
                let parts = line.split(separator: ":").map(String.init)
                return Inbound(
                    key: parts[1], chat: parts[0],
                    event: .message(.init(externalID: parts[1], content: .text(.init(text: parts[2])))))
            }
            return WebhookReading(items: items, skipped: items.isEmpty ? ["nothing": 1] : [:])
        }
    }

    private func post(
        _ s: FileServerFixture, _ text: String, path: String? = nil, signature: String? = "good"
    ) async throws -> Int {
        try await s.send(
            .post, path ?? "/webhooks/support/\(FileServerFixture.secret)", body: .string(text),
            headers: signature.map { [("X-Signature", $0)] } ?? [], authorized: false
        ).status
    }

    @Test("what came is stored before it is answered, and once however often it comes")
    func stored() async throws {
        try await FileServerFixture.with(receiver: Lines()) { s in
            for _ in 0..<3 { #expect(try await post(s, "100:1:Привет") == 200) }
            let report = try #require(try await s.f.store.ingest(limit: 100))
            #expect(report.rows == 1)
            #expect(try await post(s, "") == 200)
        }
    }

    @Test(
        "bad requests get their status and store nothing",
        arguments: [
            ("x", "/webhooks/support/\(FileServerFixture.secret)", "good", 400),
            ("?", "/webhooks/support/\(FileServerFixture.secret)", "good", 401),
            ("1:1:a", "/webhooks/support/\(FileServerFixture.secret)", "bad", 401),
            ("1:1:a", "/webhooks/support/another", "good", 404),
            ("1:1:a", "/webhooks/other/\(FileServerFixture.secret)", "good", 404),
            (String(repeating: "1:1:a\n", count: 400), "/webhooks/support/\(FileServerFixture.secret)", "good", 413),
        ])
    func refused(_ body: String, _ path: String, _ signature: String, _ status: Int) async throws {
        try await FileServerFixture.with(receiver: Lines(), webhookLimit: 2000) { s in
            #expect(try await post(s, body, path: path, signature: signature) == status)
            let events = try await s.f.ingestAll()
            #expect(events.isEmpty)
        }
    }

    @Test("GET and HEAD find the webhook; nobody else's")
    func probed() async throws {
        try await FileServerFixture.with(receiver: Lines()) { s in
            let path = "/webhooks/support/\(FileServerFixture.secret)"
            let (got, head) = (
                try await s.send(.get, path, authorized: false), try await s.send(.head, path, authorized: false)
            )
            #expect(got.status == 200 && head.status == 200)
            let other = try await s.send(.get, "/webhooks/support/nonsense", authorized: false)
            #expect(other.status == 404)
        }
    }

    @Test("many at once are stored together, each once, in the order of each chat")
    func flood() async throws {
        try await FileServerFixture.with(receiver: Lines()) { s in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 { group.addTask { try await post(s, "\(number % 7):k\(number):text \(number)") } }
                for try await status in group { #expect(status == 200 || status == 503) }
            }
            let events = try await s.f.ingestAll()
            #expect(events.count { $0.type == .messageCreated } == 200)
        }
    }
}
