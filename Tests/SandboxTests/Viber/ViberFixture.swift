import HTTPFetch
import JSON
import Testing

@testable import Sandbox

/// A simulated Viber with one bot, called as a bot would.
struct ViberFixture {
    let viber: SimulatedViber
    let bot: SimulatedViberBot
    let fetcher: HTTPFetcher

    static func with<Value>(
        _ configure: (inout SimulatedViber.Configuration) -> Void = { _ in },
        _ body: (ViberFixture) async throws -> Value
    ) async throws -> Value {
        var configuration = SimulatedViber.Configuration()
        configuration.redelivery = [0.01, 0.01, 0.01, 0.01]
        // A busy machine is no bad webhook.
        configuration.answerSeconds = 60
        configure(&configuration)
        return try await SimulatedViber.with(configuration: configuration) { viber in
            let fetcher = HTTPFetcher()
            let fixture = ViberFixture(viber: viber, bot: try viber.createBot(), fetcher: fetcher)
            do {
                let value = try await body(fixture)
                await fetcher.close()
                return value
            } catch {
                await fetcher.close()
                throw error
            }
        }
    }

    /// Without those of a webhook that nobody serves.
    var violations: [SimulatedViberViolation] { viber.violations.filter { $0.kind != .badWebhook } }

    func call(_ method: String, _ json: String, token: String? = nil) async throws -> JSONValue {
        let response = try await fetcher.fetch(
            HTTPRequest(
                .post, "\(viber.baseURL)/pa/\(method)",
                headers: ["Content-Type": "application/json", "X-Viber-Auth-Token": token ?? bot.token],
                body: .string(json)))
        #expect(response.status == 200)
        return try JSONValue(parsing: response.body)
    }

    func status(_ method: String, _ json: String, token: String? = nil) async throws -> Int64? {
        try await call(method, json, token: token)["status"]?.int64
    }

    /// A person who has written, of a bot that has a webhook.
    func subscriber(apiVersion: Int = 10) throws -> SimulatedViberUser {
        try viber.setWebhook("http://127.0.0.1:1/nowhere")
        let user = viber.createUser(apiVersion: apiVersion)
        try viber.subscribe(user.id)
        return user
    }

    func send(_ members: String, to user: SimulatedViberUser) async throws -> JSONValue {
        try await call("send_message", #"{"receiver":"\#(user.id)","sender":{"name":"Desk"},\#(members)}"#)
    }
}
