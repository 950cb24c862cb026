import AgentClient
import Domain
import Sandbox

/// The whole incoming way under load: messenger → inbox → history → agent's socket.
enum IncomingBench {
    static func run(_ world: BenchWorld, _ floors: Floors, _ report: BenchReport) async throws {
        let agent = try await world.agent()
        let total = world.plan.incoming
        let used = Use(world)
        let began = ContinuousClock.now
        for account in world.accounts {
            try world.telegram.burst(
                total / world.accounts.count, from: account.customers, text: "burst", bot: account.bot.id)
        }
        var seen = 0
        for try await event in agent.events where event.type == "message.created" {
            seen += 1
            if seen == total { break }
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        await agent.close()
        let rate = Double(total) / seconds
        report.add(
            "incoming.rate", rate, "messages/s",
            "\(total) over \(world.accounts.count) accounts; \(used.since(messages: total))")
        report.add("incoming.ratio", rate / floors.inserts16, "×", "of 16-client inserts; goal 1.0")
    }
}
