import Sandbox
import TestSupport
import Testing

extension FaultScenario {
    /// One chat gets the fault, the probe's chat must not notice.
    static let messenger = [
        fault("429 with retry_after 3 in one chat", [.tooManyRequests(retryAfter: 3)], chats: 1, limit: .seconds(2)),
        fault("500", [.failure(code: 500, text: "Internal Server Error")], chats: 1, doubles: .ofLostAttempts),
        fault("502 as HTML", [.badGateway], chats: 1, doubles: .ofLostAttempts),
        fault("a request that hangs", [.hang], chats: 1, doubles: .ofLostAttempts),
        fault(
            "connection dropped after it took the message", [.drop], chats: 1, isTaken: true, doubles: .ofLostAttempts),
        fault("unreadable JSON", [.unreadable], chats: 1, isTaken: true, doubles: .ofLostAttempts),
        FaultScenario(
            name: "messenger: 429 with retry_after 3 in two chats: the account rests", times: 2, limit: .seconds(7)
        ) { stage in
            for chat in stage.traffic.chats[1...2] {
                stage.world.telegram.add(
                    SimulatedFault(.tooManyRequests(retryAfter: 3), method: "sendMessage", chat: chat.customer))
            }
            try await eventually("both have struck") {
                stage.world.telegram.faultsLeft == 0 ? true : nil
            }
        },
        FaultScenario(
            name: "messenger: 409 by a foreign poller", times: 2, limit: .seconds(12), violations: [.conflict]
        ) { stage in
            _ = try? await stage.world.telegram.call("getUpdates", [("timeout", "1")], token: stage.world.bot.token)
        },
    ]

    private static func fault(
        _ what: String, _ effects: [SimulatedFault.Effect], chats: Int, isTaken: Bool = false,
        limit: Duration = .seconds(2), doubles: Doubles = .never
    ) -> FaultScenario {
        FaultScenario(name: "messenger: \(what)", isShort: false, times: 3, limit: limit, doubles: doubles) { stage in
            for (chat, effect) in zip(stage.traffic.chats[1...].prefix(chats), effects) {
                stage.world.telegram.add(
                    SimulatedFault(effect, method: "sendMessage", chat: chat.customer, isTaken: isTaken))
            }
            try await eventually("it has struck") { stage.world.telegram.faultsLeft == 0 ? true : nil }
        }
    }
}
