import AgentClient
import Domain
import JSON
import Sandbox
import TestSupport
import Testing

/// An agent's desktop that comes back to any ChatServer from its cursor, and remembers what it was told.
actor Desk {
    private let urls: [String]
    private let token: String
    private var connection: AgentConnection?
    private var cursor: String?
    private(set) var events: [AgentEvent] = []
    /// How often it has had to come back.
    private(set) var returns = -1
    /// Sends that were accepted, by interaction, in order.
    private(set) var accepted: [String: [String]] = [:]
    /// How often a request was refused with that code, and made again.
    private(set) var refusals: [ErrorCode: Int] = [:]
    /// Anything that must never happen to a session.
    private(set) var faults: [String] = []
    private var serial = 0

    init(urls: [String], token: String) {
        self.urls = urls
        self.token = token
    }

    /// Until cancelled.
    func run() async throws {
        var next = 0
        while !Task.isCancelled {
            do {
                try await session(at: urls[next % urls.count])
            } catch {
                connection = nil
                next += 1
                // The other one is tried at once, both again a little later.
                if next % urls.count == 0 { try? await Task.sleep(for: .milliseconds(50)) }
            }
        }
        await connection?.close()
    }

    private func session(at url: String) async throws {
        var options = AgentConnection.Options()
        options.connectTimeout = .seconds(20)
        let open = try await AgentConnection.connect(url, token: token, options: options)
        do {
            let hello = try await open.hello(AgentHello(cursor: cursor))
            if hello["recovered"]?.bool != true { faults.append("not recovered from \(cursor ?? "now")") }
            if cursor == nil { cursor = hello["cursor"]?.string }
            returns += 1
            connection = open
            while let event = try await open.nextEvent() { take(event) }
        } catch {
            await open.close()
            throw error
        }
    }

    private func take(_ event: AgentEvent) {
        events.append(event)
        if let next = event.cursor { cursor = next }
    }

    func connected() async throws {
        while connection == nil { try await Task.sleep(for: .milliseconds(10)) }
    }

    // MARK: work

    /// A request that may be made twice: it is made again where the connection ends before the answer.
    @discardableResult
    func request(_ method: String, _ params: KeyValuePairs<String, JSONValue>) async throws -> JSONValue {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            try await connected()
            do {
                guard let connection else { continue }
                return try await connection.request(method, .object(params.map { JSONMember($0.key, $0.value) }))
            } catch let error as EralinkError where error.retryable && ContinuousClock.now < deadline {
                refusals[error.code, default: 0] += 1
                try await Task.sleep(for: .milliseconds(50))
            } catch is AgentClosed where ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// A request that is made once.
    func ask(_ method: String, _ params: KeyValuePairs<String, JSONValue>) async throws -> JSONValue {
        try await connected()
        guard let connection else { throw SandboxError("the desk is not connected") }
        return try await connection.request(method, .object(params.map { JSONMember($0.key, $0.value) }))
    }

    /// A request that is made once, with parameters made elsewhere.
    func ask(_ method: String, _ params: [JSONMember]) async throws -> JSONValue {
        try await connected()
        guard let connection else { throw SandboxError("the desk is not connected") }
        return try await connection.request(method, .object(params))
    }

    /// Waits for the customer's new chat and accepts it; its id.
    func accept(chatOf customer: Int64) async throws -> String {
        let created = try await event("interaction.created") {
            $0.data["customer"]?["external_id"]?.string == "\(customer)"
        }
        let id = try #require(created.data["id"]?.string)
        try await request(
            "interaction.accept", ["interaction": .string(id), "version": created.data["version"] ?? .null])
        return id
    }

    /// Sends a text; the message's id. It counts as accepted when the server has said so.
    @discardableResult
    func send(_ text: String, to interaction: String, adapt: String = "strict") async throws -> String {
        serial += 1
        let result = try await request(
            "message.send",
            [
                "interaction": .string(interaction), "msg_id": .string("desk-\(serial)"), "kind": .string("text"),
                "text": .object([JSONMember("text", .string(text))]), "adapt": .string(adapt),
            ])
        accepted[interaction, default: []].append(text)
        return try #require(result["message"]?["id"]?.string)
    }

    /// The first event of that type, past or to come, for which it holds.
    func event(
        _ type: String, within limit: Duration = .seconds(60), _ fits: (AgentEvent) -> Bool = { _ in true }
    ) async throws -> AgentEvent {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let event = events.first(where: { $0.type == type && fits($0) }) { return event }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw SandboxError("within \(limit) the agent was not told \(type)")
    }

    /// The texts of the chat that came by events, in the order of the events.
    func texts(_ direction: String, of interaction: String) -> [String] {
        events.filter {
            $0.type == "message.created" && $0.interaction == interaction
                && $0.data["direction"]?.string == direction
        }.compactMap { $0.data["text"]?["text"]?.string }
    }

    /// The texts of the chat's history.
    func history(_ direction: String, of interaction: String) async throws -> [String] {
        try await messages(direction, of: interaction).compactMap { $0["text"]?["text"]?.string }
    }

    /// The messages of the chat's history.
    func messages(_ direction: String, of interaction: String) async throws -> [JSONValue] {
        var messages: [JSONValue] = []
        var seq: Int64? = 0
        while let after = seq {
            let page = try await request(
                "messages.list", ["interaction": .string(interaction), "after_seq": .number(JSONNumber(after))])
            messages += (page["items"]?.array ?? []).filter { $0["direction"]?.string == direction }
            seq = page["next"]?.int64
        }
        return messages
    }

    /// Cursors that came twice: each event must come once over all sessions.
    var doubledCursors: [String] {
        var seen = Set<String>()
        // `live` says again where the session stands.
        return events.filter { $0.type != "live" }.compactMap(\.cursor).filter { !seen.insert($0).inserted }
    }
}
