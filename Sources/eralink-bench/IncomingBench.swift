import AgentClient
import Domain
import Glibc
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
            "incoming.rate", rate, "messages/s", "\(total) over \(world.accounts.count) accounts; \(used.since())")
        report.add("incoming.ratio", rate / floors.inserts16, "×", "of 16-client inserts; goal 1.0")
    }
}

/// Processor seconds that the daemons and this process (messenger and agents) used meanwhile.
struct Use {
    private let world: BenchWorld
    private let before: [String: Double]

    init(_ world: BenchWorld) {
        self.world = world
        before = Self.now(world)
    }

    private static func now(_ world: BenchWorld) -> [String: Double] {
        var use = ["bench": ProcessUse.processorSeconds(getpid())]
        for daemon in world.installation.all { use[daemon.name] = ProcessUse.processorSeconds(daemon.pid) }
        return use
    }

    func since() -> String {
        let now = Self.now(world)
        let parts = now.keys.sorted().map { name in
            "\(name) \(((now[name] ?? 0) - (before[name] ?? 0)).rounded(toPlaces: 2)) s"
        }
        return "processor: " + parts.joined(separator: ", ")
    }
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        return (self * scale).rounded() / scale
    }
}
