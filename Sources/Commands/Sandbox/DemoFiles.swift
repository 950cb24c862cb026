import AgentClient
import Domain
import HTTPFetch
import JSON
import Sandbox

/// Flow 2.5.3 and the file of flow 2.5.1: what customers and agents send each other, through the reverse proxy.
struct DemoFiles: Sendable {
    let agent: DemoAgent
    let telegram: SimulatedTelegram
    let report: DemoReport
    let token: String
    /// Where files are reached.
    let base: String
    let fetcher: HTTPFetcher

    static func play(
        _ agent: DemoAgent, _ telegram: SimulatedTelegram, _ report: DemoReport, token: String, base: String,
        interaction: String, customer: Int64
    ) async throws {
        let fetcher = HTTPFetcher(HTTPFetchConfiguration(name: "demo"))
        let files = DemoFiles(
            agent: agent, telegram: telegram, report: report, token: token, base: base,
            fetcher: fetcher)
        do {
            try await files.receive(from: customer)
            try await files.send(to: interaction, customer: customer)
            await fetcher.close()
        } catch {
            await fetcher.close()
            throw error
        }
    }

    private func receive(from customer: Int64) async throws {
        let photo = DemoPicture.parcel
        try telegram.write(.file(CustomerFile(.photo, photo), caption: "Вот он 📷"), from: customer)
        let created = try await agent.event("message.created") { $0.data["kind"]?.string == "image" }
        let file = try text(created.data["image"], "file")
        try report.step(
            "the customer sends a photo", flow: "2.5.1",
            ["file": file, "state": try text(created.data["image"], "file_state")])
        let answer = try await ask(.get, "/files/support/\(file)")
        guard answer.status == 200, answer.body == photo else {
            throw EralinkError(.internal, "the photo came as HTTP \(answer.status) with \(answer.body.count) bytes")
        }
        try report.step(
            "the agent fetches it through the proxy", flow: "2.5.1",
            ["bytes": "\(answer.body.count)", "type": answer.headers["Content-Type"] ?? ""])
    }

    private func send(to interaction: String, customer: Int64) async throws {
        let picture = DemoPicture.route
        let uploaded = try await ask(.post, "/files/support?name=route.png", body: .bytes(picture))
        let answer = try? JSONValue(parsing: uploaded.body)
        guard uploaded.status == 201, let file = answer?["file"]?.string else {
            throw EralinkError(.internal, "the upload was answered HTTP \(uploaded.status): \(uploaded.text)")
        }
        try report.step(
            "the agent uploads a file through the proxy", flow: "2.5.3",
            ["file": file, "type": answer?["mime"]?.string ?? "", "sha256": answer?["sha256"]?.string ?? ""])
        let sent = try await agent.request(
            "message.send",
            [
                "interaction": .string(interaction), "msg_id": .string("demo-2"), "kind": .string("image"),
                "image": .object([
                    JSONMember("file", .string(file)), JSONMember("caption", .string("Маршрут курьера 🗺️")),
                ]),
            ])
        try report.step(
            "the agent sends a message that names it", flow: "2.5.3",
            ["message": try text(sent["message"], "id"), "state": try text(sent["message"], "state")])
        let received = try await telegram.sent(to: customer, atLeast: 2, seconds: 30)
        guard let message = received.last, let kept = message.content["photo"]?.array?.last?["file_id"]?.string,
            telegram.bytes(of: kept) == picture
        else {
            throw EralinkError(.internal, "the customer has not the picture that the agent has sent")
        }
        try report.step(
            "the customer has the picture", flow: "2.5.3",
            ["message": "\(message.messageID)", "bytes": "\(picture.count)"])
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, body: HTTPRequestBody = .none
    ) async throws -> HTTPResponse {
        try await fetcher.fetch(
            HTTPRequest(
                method, base + path, headers: ["Authorization": "Bearer \(token)"], body: body, label: "the proxy"))
    }

    private func text(_ object: JSONValue?, _ name: String) throws -> String {
        guard let text = object?[name]?.string else {
            throw EralinkError(.internal, "an answer has no member \(name)")
        }
        return text
    }
}
