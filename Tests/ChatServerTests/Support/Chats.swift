import AgentClient
import Domain
import JSON
import Store
import TestSupport

extension ChatServerFixture {
    /// A chat that this agent has accepted, by its own session.
    func chat(of agent: TestAgent, _ chat: String = "100") async throws -> String {
        let waiting = try await base.newChat(chat)
        _ = try await agent.request(
            "interaction.accept",
            .params(["interaction": .string(waiting.id.description), "version": .integer(waiting.version)]))
        return waiting.id.description
    }

    /// Messages of one customer, stored in batches.
    func pour(_ count: Int, from first: Int = 2, chat: String = "100", batch: Int = 10, text: String = "x")
        async throws
    {
        var next = first
        while next < first + count {
            let end = min(next + batch, first + count)
            try await connector.receive(
                (next..<end).map { .text("\(text)\($0)", chat: chat, external: "\($0)") })
            next = end
        }
    }

    func now() async throws -> String {
        let log = try await store.logState()
        return Cursor(epoch: log.epoch, position: log.last).description
    }
}

extension AgentEvent {
    var seq: Int64? { data["seq"]?.int64 }
    var position: Int64? { cursor.flatMap { Cursor(text: $0) }?.position }
}

extension JSONValue {
    static func interaction(_ id: String, version: Int64? = nil) -> JSONValue {
        .object(
            [JSONMember("interaction", .string(id))]
                + (version.map { [JSONMember("version", .integer($0))] } ?? []))
    }
}
