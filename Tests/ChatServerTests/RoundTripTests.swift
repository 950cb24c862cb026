import AgentClient
import AgentProtocol
import Domain
import JSON
import Store
import TestSupport
import Testing

@Suite("a message's way through a ChatServer")
struct RoundTripTests {
    @Test("a customer's message reaches the agent, and the agent's answer the customer's queue")
    func roundTrip() async throws {
        try await ChatServerFixture.with { f in
            let anna = try await f.agent("anna")
            try await f.connector.receive([.text("hello", chat: "100", external: "1")])
            let created = try await anna.next("interaction.created")
            let id = try #require(created.interaction)
            let version = try #require(created.data["version"]?.int64)
            let accepted = try await anna.request(
                "interaction.accept", .params(["interaction": .string(id), "version": .integer(version)]))
            #expect(accepted["agent"]?.string == "anna")
            let sent = try await anna.request("message.send", .send("good day", to: id, msgID: "m1"))
            #expect(sent["message"]?["state"]?.string == "accepted")
            #expect(try await f.connector.queued().map(\.part.chat) == ["100"])
            try await f.connector.sendAll(by: f.connector.lead())
            let status = try await anna.next("message.status")
            #expect(status.data["state"]?.string == "sent")
            await anna.close()
        }
    }

    @Test("it tells of itself")
    func document() async throws {
        try await ChatServerFixture.with { f in
            let node = try #require(f.nodes.first)
            let document = try await RESTClient(node.url, token: "none").get("/asyncapi.json")
            #expect(document == AsyncAPIDocument.whole)
        }
    }
}
