import ConnectorKit
import Coordination
import Domain
import HTTPFetch
import JSON
import Logging
import ServiceLifecycle
import Store
import Web

/// A connector's FileServer and webhooks on a free port, over a test's database, with an agent's token.
package struct FileServerFixture: Sendable {
    package static let secret = "abcdefghijklmnopqrst"

    package let f: StoreFixture
    package let url: String
    package let token: String
    package let links: FileLinks
    package let fetcher: HTTPFetcher
    package let metrics: MetricsRegistry

    /// - Parameters:
    ///   - limit: bytes of an upload.
    ///   - receiver: what reads the account's webhooks.
    package static func with<R>(
        limit: Int64 = 4 << 20, receiver: (any WebhookReceiver)? = nil, webhookLimit: Int64 = 1 << 20,
        _ body: (FileServerFixture) async throws -> R
    ) async throws -> R {
        try await StoreFixture.with { f in
            let metrics = MetricsRegistry()
            let links = FileLinks(secretsKey: Array(repeating: 7, count: 32))
            let account = ConnectorAccount(
                id: f.account.id, name: f.account.name, kind: f.account.kind, apiURL: "", token: Secret("t"),
                settings: [:])
            let watch = AccountWatch { () async throws(EralinkError) in
                _ = try await f.store.account(account.name)
                return .init(account: account, webhookSecret: secret, receiver: receiver)
            }
            let server = FileServer(
                account: account.name,
                settings: .init(uploadLimit: limit, requestsPerSecond: 0, filesURL: "https://files.example"),
                store: f.store,
                links: links, watch: watch, metrics: metrics, logger: .silent)
            let webhooks = WebhookRoutes(
                watch, store: f.store, coordination: InMemoryCoordination(), bodyLimit: webhookLimit, metrics: metrics,
                logger: .silent)
            let token = "token-of-anna-which-is-long-enough"
            _ = try await f.store.createToken(
                Secret(token), name: "anna", scopes: [.agent], accounts: ["support"], lifetime: nil, by: "test")
            return try await serve(server.routes + webhooks.routes, metrics) { url in
                let fetcher = HTTPFetcher()
                let result: Result<R, any Error>
                do {
                    result = .success(
                        try await body(
                            FileServerFixture(
                                f: f, url: url, token: token, links: links, fetcher: fetcher, metrics: metrics)))
                } catch {
                    result = .failure(error)
                }
                await fetcher.close()
                return try result.get()
            }
        }
    }

    private static func serve<R>(
        _ routes: [WebRoute], _ metrics: MetricsRegistry, _ body: (String) async throws -> R
    ) async throws -> R {
        let (ports, ready) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let web = WebServer(port: 0, routes: routes, logger: .silent, onReady: { ready.yield($0) })
        // Ended below, before this returns.
        let running = Task {
            defer { ready.finish() }
            try await web.run()
        }
        guard let port = await ports.first(where: { _ in true }) else {
            throw EralinkError(.unavailable, "the file server did not start")
        }
        let result: Result<R, any Error>
        do { result = .success(try await body("http://127.0.0.1:\(port)")) } catch { result = .failure(error) }
        running.cancel()
        _ = await running.result
        return try result.get()
    }

    // MARK: requests

    package func send(
        _ method: HTTPMethod, _ path: String, body: HTTPRequestBody = .none, headers: [(String, String)] = [],
        authorized: Bool = true
    ) async throws -> HTTPResponse {
        var request = HTTPRequest(method, url + path, body: body, maxResponseBytes: 64 << 20)
        if authorized { request.headers["Authorization"] = "Bearer \(token)" }
        for (name, value) in headers { request.headers[name] = value }
        return try await fetcher.fetch(request)
    }

    /// Uploads and gives the file's object.
    package func upload(_ bytes: [UInt8], name: String = "a.bin") async throws -> JSONValue {
        let answer = try await send(.post, "/files/support?name=\(name)", body: .bytes(bytes))
        guard answer.status == 201 else { throw EralinkError(.internal, "\(answer.status) \(answer.text)") }
        return try JSONValue(parsing: answer.body)
    }
}
