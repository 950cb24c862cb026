import AgentClient
import Domain
import JSON

/// An agent's session that remembers every event it has had. Whatever it gets is held against the API's documents: what they do
/// not tell of fails the test.
package actor TestAgent {
    package nonisolated let connection: AgentConnection
    package nonisolated let token: String
    /// The result of `session.hello`.
    package nonisolated let greeting: JSONValue
    private(set) package var events: [AgentEvent] = []
    /// Events that a test has looked at.
    private var seen = 0

    private init(connection: AgentConnection, token: String, greeting: JSONValue) {
        self.connection = connection
        self.token = token
        self.greeting = greeting
    }

    package static func connect(_ url: String, token: String, hello: AgentHello = AgentHello()) async throws
        -> TestAgent
    {
        var options = AgentConnection.Options()
        options.connectTimeout = .seconds(30)
        options.requestTimeout = .seconds(60)
        let connection = try await AgentConnection.connect(url, token: token, options: options)
        do {
            let greeting = try await connection.hello(hello)
            try SchemaMismatch.check(result: greeting, of: "session.hello")
            return TestAgent(connection: connection, token: token, greeting: greeting)
        } catch {
            await connection.close()
            throw error
        }
    }

    package nonisolated func request(_ method: String, _ params: JSONValue = .object([])) async throws -> JSONValue {
        let result = try await connection.request(method, params)
        try SchemaMismatch.check(result: result, of: method)
        return result
    }

    /// The next event of that type, or of any; those before it are passed over, and stay in `events`.
    package func next(
        _ type: String? = nil, where fits: @Sendable (AgentEvent) -> Bool = { _ in true }
    ) async throws -> AgentEvent {
        while true {
            let event: AgentEvent
            if seen < events.count {
                event = events[seen]
            } else {
                event = try await receive()
            }
            seen += 1
            if type == nil || event.type == type, fits(event) { return event }
        }
    }

    /// Waits until it has had so many events of that type, and returns them all.
    package func collect(_ type: String, count: Int) async throws -> [AgentEvent] {
        while events.count(where: { $0.type == type }) < count { _ = try await receive() }
        return events.filter { $0.type == type }
    }

    /// Reads until the connection ends; how it ended.
    package func end() async throws -> AgentClosed {
        do {
            while true { _ = try await receive() }
        } catch let closed as AgentClosed {
            return closed
        }
    }

    private func receive() async throws -> AgentEvent {
        let timeout = Task { [connection] in
            try await Task.sleep(for: .seconds(60))
            connection.cut()
        }
        defer { timeout.cancel() }
        guard let event = try await connection.nextEvent() else { throw AgentClosed(code: nil, reason: "closed here") }
        try SchemaMismatch.check(event: event.params)
        events.append(event)
        return event
    }

    package nonisolated func close() async { await connection.close() }
}

extension JSONValue {
    /// `{"a":"b"}` out of pairs; for requests.
    package static func params(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { JSONMember($0.key, $0.value) })
    }

    package static func integer(_ value: Int64) -> JSONValue { .number(JSONNumber(value)) }

    /// The params of a `message.send` of a text.
    package static func send(_ text: String, to interaction: String, msgID: String) -> JSONValue {
        .params([
            "interaction": .string(interaction), "msg_id": .string(msgID), "kind": .string("text"),
            "text": .params(["text": .string(text)]),
        ])
    }
}
