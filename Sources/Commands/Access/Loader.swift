import AgentClient
import Domain
import JSON

/// The Interaction Loader for commands that ask for many pages: waits where it is told to, and tries again what is passing.
struct Loader: Sendable {
    let client: RESTClient

    /// Attempts before a failure is a failure; together they take about a quarter of a minute.
    private static let attempts = 6

    func get(_ path: String, query: [(name: String, value: String)] = []) async throws -> JSONValue {
        var attempt = 1
        while true {
            do {
                return try await client.get(path, query: query)
            } catch let error as EralinkError where error.code == .rateLimited && attempt < 60 {
                // A limit by the second is not a failure, however often it is met.
                try await Task.sleep(for: .milliseconds(error.retryAfterMilliseconds ?? 500))
            } catch let error as EralinkError where error.retryable && attempt < Self.attempts {
                try await Task.sleep(for: .milliseconds(250 << attempt))
            }
            attempt += 1
        }
    }

    /// A page of chats with customer messages in the period that `query` names.
    func chats(_ query: ChatQuery, page: String?, limit: Int? = nil) async throws -> (items: [JSONValue], next: String?)
    {
        let parameters =
            query.parameters + [(name: "limit", value: limit.map(String.init)), (name: "page", value: page)]
        let answer = try await get(
            "/v1/interactions",
            query: parameters.compactMap { name, value in value.map { (name: name, value: $0) } })
        return (answer["items"]?.array ?? [], answer["next"]?.string)
    }

    /// All messages of a chat, page by page, oldest first.
    func messages(of interaction: String, _ each: (JSONValue) throws -> Void) async throws {
        var after: String? = "0"
        while let seq = after {
            let page = try await get(
                "/v1/interactions/\(interaction)/messages",
                query: [(name: "after_seq", value: seq), (name: "limit", value: "200")])
            for message in page["items"]?.array ?? [] { try each(message) }
            after = page["next"]?.number?.text
        }
    }

    /// Throws `not_found` for what can be no id, without asking.
    func chat(_ id: String) async throws -> JSONValue {
        guard InteractionID(text: id) != nil else {
            throw EralinkError(.notFound, "interaction \(id) does not exist")
        }
        return try await get("/v1/interactions/\(id)")
    }
}

/// Which chats are asked for.
struct ChatQuery: Sendable, Equatable {
    var from: Timestamp
    var to: Timestamp
    var account: String?
    var state: String?
    var agent: String?
    /// Part of a customer's name, phone or id.
    var text: String?

    var parameters: [(name: String, value: String?)] {
        [
            (name: "from", value: from.description), (name: "to", value: to.description),
            (name: "account", value: account), (name: "state", value: state), (name: "agent", value: agent),
            (name: "query", value: text),
        ]
    }
}

extension CommandContext {
    /// The Interaction Loader at `loader.url`, with the token of `token_file`.
    func patientLoader() throws -> Loader { Loader(client: try loader()) }
}
