import AgentClient
import Domain
import Sandbox

/// The whole incoming way under load: messenger → inbox → history → agent's socket.
enum IncomingBench {
    /// The rate with every account, and how it grows with accounts and ChatServers. Gives the rate.
    static func run(_ world: BenchWorld, _ floors: Floors, _ report: BenchReport) async throws -> Double {
        let (rate, use) = try await measure(world, world.accounts, world.plan.incoming)
        report.add("incoming.rate", rate, "messages/s", use)
        report.add("incoming.ratio", rate / floors.inserts16, "×", "of 16-client inserts; goal 1.0")
        return rate
    }

    static func runGrowth(_ world: BenchWorld, _ report: BenchReport) async throws {
        for count in [1, 2, 4] {
            let (rate, use) = try await measure(world, Array(world.accounts.prefix(count)), world.plan.incoming / 2)
            report.add("growth.incoming_\(count)_accounts", rate, "messages/s", use)
        }
        try world.installation.start("chat-2", ["serve", "chat", "--port", "0"])
        _ = try await world.daemon("chat-2").ready()
        let (rate, use) = try await measure(world, world.accounts, world.plan.incoming / 2)
        report.add("growth.incoming_2_chatservers", rate, "messages/s", use)
        try await world.daemon("chat-2").end()
    }

    private static func measure(
        _ world: BenchWorld, _ accounts: [BenchWorld.Account], _ count: Int
    ) async throws -> (rate: Double, use: String) {
        let agent = try await world.agent()
        let total = count / accounts.count * accounts.count
        let used = Use(world)
        let began = ContinuousClock.now
        for account in accounts {
            try world.telegram.burst(
                total / accounts.count, from: account.customers, text: "burst", bot: account.bot.id)
        }
        var seen = 0
        for try await event in agent.events where event.type == "message.created" {
            seen += 1
            if seen == total { break }
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let use = "\(total) over \(accounts.count) accounts; \(used.since(messages: total))"
        await agent.close()
        return (Double(total) / seconds, use)
    }
}
