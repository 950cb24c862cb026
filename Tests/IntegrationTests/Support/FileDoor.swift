import HTTPFetch
import JSON
import Sandbox
import Testing

/// The FileServer of account support, as an agent's desktop sees it.
struct FileDoor: Sendable {
    let base: String
    let token: String
    let fetcher: HTTPFetcher

    private var authorization: HTTPHeaders { ["Authorization": "Bearer \(token)"] }

    /// - Parameter name: as it shall stand in the query.
    func upload(_ bytes: [UInt8], named name: String) async throws -> String {
        let answer = try await fetcher.fetch(
            HTTPRequest(.post, "\(base)/files/support?name=\(name)", headers: authorization, body: .bytes(bytes)))
        return try #require(try JSONValue(parsing: answer.body)["file"]?.string, "\(answer.status) \(answer.text)")
    }

    /// Waits for a file that is on its way.
    func get(_ id: String) async throws -> HTTPResponse {
        try await fetcher.fetch(HTTPRequest(.get, "\(base)/files/support/\(id)", headers: authorization))
    }
}

extension World {
    /// Runs `body` with the FileServer of the first connector.
    func withFiles(_ body: (FileDoor) async throws -> Void) async throws {
        let port = try await daemon("connector-1").ready()
        let fetcher = HTTPFetcher()
        do {
            try await body(FileDoor(base: "http://127.0.0.1:\(port)", token: token, fetcher: fetcher))
        } catch {
            await fetcher.close()
            throw error
        }
        await fetcher.close()
    }
}
