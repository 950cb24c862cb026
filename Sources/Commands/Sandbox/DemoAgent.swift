import AgentClient
import Domain
import JSON

/// An agent's desktop, as far as the demo needs one.
struct DemoAgent: Sendable {
    let connection: AgentConnection
    let hello: JSONValue

    static func connect(port: Int, token: String) async throws -> DemoAgent {
        let connection = try await AgentConnection.connect("http://127.0.0.1:\(port)", token: token)
        do {
            return DemoAgent(connection: connection, hello: try await connection.hello(AgentHello(client: "demo")))
        } catch {
            await connection.close()
            throw error
        }
    }

    func request(_ method: String, _ params: KeyValuePairs<String, JSONValue>) async throws -> JSONValue {
        try await connection.request(method, .object(params.map { JSONMember($0.key, $0.value) }))
    }

    /// The next event of that type for which `matches` holds; the others are passed over.
    func event(
        _ type: String, within limit: Duration = .seconds(30),
        where matches: @escaping @Sendable (AgentEvent) -> Bool = { _ in true }
    ) async throws -> AgentEvent {
        let connection = connection
        return try await withThrowingTaskGroup(of: AgentEvent.self) { group in
            group.addTask {
                while let event = try await connection.nextEvent() {
                    if event.type == type, matches(event) { return event }
                }
                throw EralinkError(.unavailable, "the connection ended before the event \(type) came")
            }
            group.addTask {
                try await Task.sleep(for: limit)
                throw EralinkError(.unavailable, "the event \(type) did not come within \(limit)")
            }
            defer { group.cancelAll() }
            guard let event = try await group.next() else { throw CancellationError() }
            return event
        }
    }
}
