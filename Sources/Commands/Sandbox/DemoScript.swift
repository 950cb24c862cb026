import AgentClient
import Domain
import JSON
import Sandbox

/// What is played: flows 2.5.1 to 2.5.4, each step waited for and checked.
struct DemoScript {
    let installation: Installation
    let telegram: SimulatedTelegram
    let report: DemoReport

    private static let question = "Здравствуйте! Где мой заказ №1042? 👩‍👩‍👧"
    private static let detail = "Его обещали вчера 📦"
    private static let answer = "Добрый день! Заказ в пути, курьер будет до 18:00 🚚"

    func play() async throws {
        let setUp = SandboxSetUp(installation: installation, telegram: telegram, report: report)
        try await setUp.prepare()
        let token = try await setUp.token(of: "anna", scope: "agent")
        let ports = try await setUp.startDaemons()
        let agent = try await DemoAgent.connect(port: ports.chat, token: token)
        do {
            try report.step(
                "agent anna has a session over WebSocket",
                ["session": try text(agent.hello, "session"), "cursor": try text(agent.hello, "cursor")])
            let customer = telegram.createCustomer(firstName: "Ольга", username: "olga")
            let interaction = try await receive(agent, from: customer)
            try await answer(agent, interaction, to: customer)
            try await DemoFiles.play(
                agent, telegram, report, token: token, base: ports.files, interaction: interaction,
                customer: customer.id)
            try await list(interaction, port: ports.loader, token: token)
            await agent.connection.close()
        } catch {
            await agent.connection.close()
            throw error
        }
    }

    // MARK: flow 2.5.1, incoming

    private func receive(_ agent: DemoAgent, from customer: SimulatedCustomer) async throws -> String {
        let first = try telegram.write(Self.question, from: customer.id)
        try report.step(
            "the customer writes in Telegram", flow: "2.5.1",
            ["text": Self.question, "chat": "\(first.chat)", "message": "\(first.messageID)"])
        let created = try await agent.event("interaction.created")
        let id = try text(created.data, "id")
        try report.step(
            "the agent is told: a chat waits", flow: "2.5.1",
            ["interaction": id, "customer": created.data["customer"]?["name"]?.string ?? ""])
        let accepted = try await agent.request(
            "interaction.accept", ["interaction": .string(id), "version": created.data["version"] ?? .null])
        let page = try await agent.request("messages.list", ["interaction": .string(id)])
        let message = page["items"]?[0]
        try expect(message?["text"]?["text"]?.string, Self.question, "the first message in the history")
        try report.step(
            "the agent accepts and reads the history", flow: "2.5.1",
            [
                "state": try text(accepted, "state"), "seq": "\(message?["seq"]?.int64 ?? 0)",
                "text": message?["text"]?["text"]?.string ?? "",
            ])
        try telegram.write(Self.detail, from: customer.id)
        let live = try await agent.event("message.created")
        try expect(live.data["text"]?["text"]?.string, Self.detail, "the second message over WebSocket")
        try report.step(
            "the customer writes again: it comes over WebSocket", flow: "2.5.1",
            ["seq": "\(live.data["seq"]?.int64 ?? 0)", "text": live.data["text"]?["text"]?.string ?? ""])
        return id
    }

    // MARK: flow 2.5.2, the agent's text

    private func answer(_ agent: DemoAgent, _ interaction: String, to customer: SimulatedCustomer) async throws {
        let sent = try await agent.request(
            "message.send",
            [
                "interaction": .string(interaction), "msg_id": .string("demo-1"), "kind": .string("text"),
                "text": .object([JSONMember("text", .string(Self.answer))]),
            ])
        guard let message = sent["message"] else { throw EralinkError(.internal, "message.send gave no message") }
        let id = try text(message, "id")
        try report.step(
            "the agent answers", flow: "2.5.2",
            ["message": id, "state": try text(message, "state"), "text": Self.answer])
        let received = try await telegram.sent(to: customer.id, atLeast: 1, seconds: 30)
        try expect(received.first?.text, Self.answer, "the text at the customer")
        try report.step(
            "the customer has the answer", flow: "2.5.2",
            ["message": "\(received.first?.messageID ?? 0)", "text": received.first?.text ?? ""])
        let status = try await agent.event("message.status") {
            $0.data["message"]?.string == id && $0.data["state"]?.string == "sent"
        }
        try report.step(
            "the agent is told that it was sent", flow: "2.5.2",
            [
                "state": try text(status.data, "state"),
                "external_id": status.data["parts"]?[0]?["external_id"]?.string ?? "",
            ])
    }

    // MARK: flow 2.5.4, choosing work

    private func list(_ interaction: String, port: Int, token: String) async throws {
        let loader = try RESTClient("http://127.0.0.1:\(port)", token: token)
        let now = Timestamp.now
        let page = try await loader.get(
            "/v1/interactions",
            query: [
                ("from", now.adding(.seconds(-3600)).description), ("to", now.adding(.seconds(60)).description),
            ])
        let items = page["items"]?.array ?? []
        guard let found = items.first(where: { $0["id"]?.string == interaction }) else {
            throw EralinkError(.internal, "the Loader does not list the chat \(interaction)")
        }
        try report.step(
            "the Loader lists the chat of the last hour", flow: "2.5.4",
            [
                "chats": "\(items.count)", "interaction": interaction, "state": try text(found, "state"),
                "last_customer_at": found["last_customer_at"]?.string ?? "",
            ])
    }

    private func text(_ object: JSONValue, _ name: String) throws -> String {
        guard let text = object[name]?.string else {
            throw EralinkError(.internal, "an answer has no member \(name)")
        }
        return text
    }

    private func expect(_ found: String?, _ wanted: String, _ what: String) throws {
        guard found == wanted else {
            throw EralinkError(.internal, "\(what) should be \"\(wanted)\" and is \"\(found ?? "nothing")\"")
        }
    }
}
