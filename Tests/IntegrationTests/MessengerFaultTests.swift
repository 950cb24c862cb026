import AgentClient
import Domain
import JSON
import Sandbox
import Testing

extension ProcessTests {
    @Suite("The messenger refuses, or says nothing")
    struct MessengerFaults {
        @Test("a 429 with retry_after is obeyed, also by a connector that was started after it")
        func throttled() async throws {
            try await World.with(.free()) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 1)
                    let chat = traffic.chats[0]
                    world.telegram.add(
                        SimulatedFault(
                            .tooManyRequests(retryAfter: 6), method: "sendMessage", chat: chat.customer))
                    let text = "\(Traffic.mark), подождите"
                    try await desk.send(text, to: chat.interaction)
                    try await eventually("Telegram has refused it") {
                        try await world.attempts(of: text) == ["throttled"] ? true : nil
                    }
                    let refused = ContinuousClock.now
                    for number in 1...2 { try await world.daemon("connector-\(number)").kill() }
                    try await world.startConnector(3).ready()
                    try await world.telegram.sent(to: chat.customer, atLeast: 1, seconds: 30)
                    let waited = ContinuousClock.now - refused
                    print("held for \(waited) of 6 s over a restart")
                    #expect(waited > .seconds(5.5))
                    #expect(waited < .seconds(12))
                    try await traffic.settle()
                    try await traffic.expectClean()
                    try await eventually("the trail says so") {
                        try await world.attempts(of: text) == ["throttled", "sent"] ? true : nil
                    }
                }
            }
        }

        enum Answer: String, CaseIterable {
            case drop, badGateway, unreadable, failure

            var effect: SimulatedFault.Effect {
                switch self {
                case .drop: .drop
                case .badGateway: .badGateway
                case .unreadable: .unreadable
                case .failure: .failure(code: 500, text: "Internal Server Error")
                }
            }
        }

        @Test("an answer that nobody can read is acted on as the account's policy says", arguments: ["auto", "hold"])
        func ambiguous(policy: String) async throws {
            var options = World.Options.free()
            options.settings.append("resend_policy=\(policy)")
            try await World.with(options) { world in
                try await world.withDesk { desk in
                    let answers = Answer.allCases
                    let traffic = try await Traffic.open(world, desk, customers: answers.count)
                    for (chat, answer) in zip(traffic.chats, answers) {
                        world.telegram.add(
                            SimulatedFault(answer.effect, method: "sendMessage", chat: chat.customer, isTaken: true))
                        let text = "\(Traffic.mark) через \(answer.rawValue)"
                        let id = try await desk.send(text, to: chat.interaction)
                        let end = policy == "hold" ? "unknown" : "sent"
                        _ = try await desk.event("message.status", within: .seconds(20)) {
                            $0.data["message"]?.string == id && $0.data["state"]?.string == end
                        }
                        let times = try world.telegram.sent(to: chat.customer).count { $0.text == text }
                        #expect(times == (policy == "hold" ? 1 : 2), "\(answer)")
                        #expect(
                            try await world.attempts(of: text)
                                == (policy == "hold" ? ["ambiguous"] : ["ambiguous", "sent"]), "\(answer)")
                    }
                    try world.expectSilentLogs()
                }
            }
        }

        @Test("a request that hangs ends, and is acted on as the policy says")
        func hanging() async throws {
            try await World.with(.free()) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 2)
                    let (slow, quick) = (traffic.chats[0], traffic.chats[1])
                    world.telegram.add(
                        SimulatedFault(.hang, method: "sendMessage", chat: slow.customer, isTaken: false))
                    let id = try await desk.send("\(Traffic.mark), долго", to: slow.interaction)
                    try await desk.send("\(Traffic.mark), потом", to: slow.interaction)
                    try await desk.send("\(Traffic.mark), сразу", to: quick.interaction)
                    // Other chats are not held up.
                    try await world.telegram.sent(to: quick.customer, atLeast: 1, seconds: 5)
                    _ = try await desk.event("message.status", within: .seconds(60)) {
                        $0.data["message"]?.string == id && $0.data["state"]?.string == "sent"
                    }
                    try await traffic.settle()
                    try await traffic.expectClean()
                }
            }
        }

        @Test("a customer who has blocked the bot gets nothing, the agent is told; their next text opens the way again")
        func blocked() async throws {
            try await World.with(.free()) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 1)
                    let chat = traffic.chats[0]
                    try world.telegram.setBlocked(true, by: chat.customer)
                    _ = try await desk.event("customer.updated") { $0.data["blocked"]?.bool == true }
                    await #expect(throws: EralinkError.self) {
                        try await desk.send("\(Traffic.mark), вы здесь?", to: chat.interaction)
                    }
                    try world.telegram.setBlocked(false, by: chat.customer)
                    try await traffic.write("\(Traffic.mark), я вернулась", from: chat.customer)
                    _ = try await desk.event("customer.updated") { $0.data["blocked"]?.bool == false }
                    try await desk.send("\(Traffic.mark), рады видеть", to: chat.interaction)
                    try await traffic.settle()
                    try await traffic.expectClean()
                }
            }
        }
    }
}
