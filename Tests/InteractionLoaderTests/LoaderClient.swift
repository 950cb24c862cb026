import AgentProtocol
import HTTPFetch
import JSON
import Store
import TestSupport

/// A loader over a database with chats in it, and a client that sees status and headers.
struct LoaderClient {
    let fixture: StoreFixture
    let server: LoaderServer
    let fetcher: HTTPFetcher

    static func with<R>(
        requestsPerSecond: Int = 0, _ body: (LoaderClient) async throws -> R
    ) async throws -> R {
        try await StoreFixture.with { fixture in
            try await LoaderServer.with(fixture.store, requestsPerSecond: requestsPerSecond) { server in
                let fetcher = HTTPFetcher()
                let result: Result<R, any Error>
                do {
                    result = .success(try await body(LoaderClient(fixture: fixture, server: server, fetcher: fetcher)))
                } catch {
                    result = .failure(error)
                }
                await fetcher.close()
                return try result.get()
            }
        }
    }

    func get(_ path: String, token: String? = nil, headers: [(String, String)] = []) async throws -> HTTPResponse {
        var request = HTTPRequest(.get, server.url + path)
        if let token { request.headers["Authorization"] = "Bearer \(token)" }
        for (name, value) in headers { request.headers[name] = value }
        let response = try await fetcher.fetch(request)
        try SchemaMismatch.check(
            .loader, path: path, status: response.status, type: response.headers["Content-Type"], body: response.body)
        return response
    }

    func json(_ path: String, token: String) async throws -> JSONValue {
        try JSONValue(parsing: try await get(path, token: token).body)
    }
}
