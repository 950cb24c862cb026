import AgentClient
import Domain
import JSON
import Sandbox
import Testing

extension Desk {
    /// The customer's messages of the chat, once so many have come by events.
    func came(_ count: Int, to chat: String) async throws -> [JSONValue] {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let came = events.filter {
                $0.type == "message.created" && $0.interaction == chat && $0.data["direction"]?.string == "in"
            }
            if came.count >= count { return came.map(\.data) }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw SandboxError("within a minute the agent did not get \(count) messages of the customer")
    }

    /// Sends what a row says; the message's id.
    func send(_ row: WentRow, as msgID: String, files: [String: String], to chat: String) async throws -> String {
        let object = files.reduce(row.object) { $0.replacing("<\($1.key)>", with: $1.value) }
        var params = [
            JSONMember("interaction", .string(chat)), JSONMember("msg_id", .string(msgID)),
            JSONMember("kind", .string(row.kind)), JSONMember(row.kind, try JSONValue(parsing: object)),
        ]
        params += try JSONValue(parsing: row.more).object ?? []
        return try #require(try await ask("message.send", params)["message"]?["id"]?.string, "\(row.label)")
    }

    /// The code, and the feature where one is named, with which a send of the row is refused.
    func refusal(_ row: WentRow, as msgID: String, files: [String: String], to chat: String) async throws -> String {
        do {
            _ = try await send(row, as: msgID, files: files, to: chat)
            return "none"
        } catch let error as EralinkError {
            guard case .string(let feature)? = error.details.first(where: { $0.name == "feature" })?.value else {
                return error.code.name
            }
            return "\(error.code.name) \(feature)"
        }
    }

    /// The newest status of the message.
    func statusNow(_ message: String) -> JSONValue? {
        events.last { $0.type == "message.status" && $0.data["message"]?.string == message }?.data
    }

    /// Waits until the message has reached the state, or one further on.
    func reached(_ message: String, _ states: Set<String>) async throws -> JSONValue {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let status = statusNow(message), let state = status["state"]?.string {
                if states.contains(state) { return status }
                if state == "failed" || state == "unknown" {
                    throw SandboxError("message \(message) is \(state): \(status["reason"]?["text"]?.string ?? "")")
                }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw SandboxError("within a minute message \(message) was none of \(states.sorted())")
    }
}
