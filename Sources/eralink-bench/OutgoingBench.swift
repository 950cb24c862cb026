import AgentClient
import Domain
import JSON
import Sandbox

/// The whole outgoing way under load: agent's socket → history → outbox → messenger.
enum OutgoingBench {
    static func run(_ world: BenchWorld, _ floors: Floors, _ report: BenchReport) async throws -> Double {
        let agent = try await world.agent(watching: false)
        let chats = try await chats(world, agent)
        let total = world.plan.outgoing / world.accounts.count * world.accounts.count
        let before = try world.accounts.map { try world.telegram.statistics(bot: $0.bot.id).sent }
        let used = Use(world)
        let began = ContinuousClock.now
        try await send(total, to: chats, agent)
        let accepted = (ContinuousClock.now - began) / .seconds(1)
        for (account, count) in zip(world.accounts, before) {
            try await world.telegram.wait(
                for: .sentInAll(count: count + total / world.accounts.count), bot: account.bot.id, seconds: 120)
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        await agent.close()
        let rate = Double(total) / seconds
        report.add("outgoing.accepted", Double(total) / accepted, "messages/s", "answered by the ChatServer")
        report.add(
            "outgoing.rate", rate, "messages/s",
            "\(total) over \(world.accounts.count) accounts; \(used.since(messages: total))")
        report.add("outgoing.ratio", rate / floors.inserts16, "×", "of 16-client inserts; goal 0.7")
        return rate
    }

    /// The open chats, by turns of the accounts.
    static func chats(_ world: BenchWorld, _ agent: AgentConnection) async throws -> [String] {
        var lists: [[String]] = []
        for account in world.accounts {
            lists.append(try await world.chats(of: account, agent))
        }
        let shortest = lists.map(\.count).min() ?? 0
        guard shortest > 0 else { throw BenchFailure("there are no chats to write into") }
        return (0..<shortest).flatMap { number in lists.map { $0[number] } }
    }

    private static func send(_ total: Int, to chats: [String], _ agent: AgentConnection) async throws {
        let workers = 400
        try await withThrowingTaskGroup { group in
            for worker in 0..<workers {
                group.addTask {
                    for number in stride(from: worker, to: total, by: workers) {
                        try await send(
                            "answer number \(number)", id: "out-\(number)", to: chats[number % chats.count], agent)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    static func send(_ text: String, id: String, to chat: String, _ agent: AgentConnection) async throws {
        _ = try await agent.request(
            "message.send",
            .object([
                JSONMember("interaction", .string(chat)), JSONMember("msg_id", .string(id)),
                JSONMember("kind", .string("text")), JSONMember("text", .object([JSONMember("text", .string(text))])),
            ]))
    }
}
