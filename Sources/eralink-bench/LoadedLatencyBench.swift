import AgentClient
import Domain
import JSON
import Sandbox

/// Latency while messages come at half of the rate that was the most: an open loop, so that what is slow delays nothing that
/// comes after it.
enum LoadedLatencyBench {
    static func run(_ world: BenchWorld, incoming: Double, outgoing: Double, _ report: BenchReport) async throws {
        try await measureIncoming(world, rate: incoming / 2, report)
        try await measureOutgoing(world, rate: outgoing / 2, report)
    }

    private static func measureIncoming(_ world: BenchWorld, rate: Double, _ report: BenchReport) async throws {
        let agent = try await world.agent()
        let total = Int(rate * world.plan.loadedSeconds)
        let customers = world.accounts.flatMap { account in account.customers.map { ($0, account.bot.id) } }
        let used = Use(world)
        async let written = paced(total, rate: rate) { number in
            let (customer, bot) = customers[number % customers.count]
            try world.telegram.write("paced \(number)", from: customer, bot: bot)
        }
        var arrived: [Int: ContinuousClock.Instant] = [:]
        for try await event in agent.events where event.type == "message.created" {
            guard let text = event.data["text"]?["text"]?.string, text.hasPrefix("paced "),
                let number = Int(text.dropFirst(6))
            else { continue }
            arrived[number] = .now
            if arrived.count == total { break }
        }
        let began = try await written
        let samples = Samples(arrived.compactMap { number, at in began[number].map { at - $0 } })
        let use = used.since(messages: total)
        await agent.close()
        report.add(
            "loaded.incoming_p50", samples.percentile(0.5), "ms", "at \(Int(rate)) messages/s, half of the most; \(use)"
        )
        report.add("loaded.incoming_p99", samples.percentile(0.99), "ms", "goal 50")
    }

    private static func measureOutgoing(_ world: BenchWorld, rate: Double, _ report: BenchReport) async throws {
        let agent = try await world.agent(watching: false)
        let chats = try await OutgoingBench.chats(world, agent)
        let total = Int(rate * world.plan.loadedSeconds)
        let before = try world.accounts.map { try world.telegram.statistics(bot: $0.bot.id).sent }.reduce(0, +)
        let used = Use(world)
        let clock = WallClock()
        let began = try await withThrowingTaskGroup { requests in
            try await paced(total, rate: rate) { number in
                let chat = chats[number % chats.count]
                requests.addTask {
                    try await OutgoingBench.send("paced \(number)", id: "paced-\(number)", to: chat, agent)
                }
            }
        }
        for _ in 0..<6000 {
            let sent = try world.accounts.map { try world.telegram.statistics(bot: $0.bot.id).sent }.reduce(0, +)
            if sent >= before + total { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        var durations: [Duration] = []
        for account in world.accounts {
            for customer in account.customers {
                for message in try world.telegram.sent(to: customer, bot: account.bot.id)
                where message.text.hasPrefix("paced ") {
                    guard let number = Int(message.text.dropFirst(6)), let start = began[number] else { continue }
                    durations.append(.seconds(message.at) - clock.sinceEpoch(start))
                }
            }
        }
        let samples = Samples(durations)
        let use = used.since(messages: total)
        await agent.close()
        report.add(
            "loaded.outgoing_p50", samples.percentile(0.5), "ms",
            "at \(Int(rate)) messages/s, half of the most, \(durations.count) of \(total) seen; \(use)")
        report.add("loaded.outgoing_p99", samples.percentile(0.99), "ms", "goal 50")
    }

    /// Starts `count` actions evenly at a rate, however long each takes; when each was started.
    private static func paced(
        _ count: Int, rate: Double, _ action: (Int) throws -> Void
    ) async throws -> [Int: ContinuousClock.Instant] {
        var began: [Int: ContinuousClock.Instant] = [:]
        let start = ContinuousClock.now
        var next = 0
        while next < count {
            let due = min(count, Int((ContinuousClock.now - start) / .seconds(1) * rate) + 1)
            while next < due {
                began[next] = .now
                try action(next)
                next += 1
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        return began
    }
}

/// Turns moments of the monotonic clock into the wall clock's, by which the simulated messenger notes what it was sent.
struct WallClock {
    private let monotonic = ContinuousClock.now
    private let wall = Timestamp.now

    func sinceEpoch(_ moment: ContinuousClock.Instant) -> Duration {
        .microseconds(wall.microseconds) + (moment - monotonic)
    }
}
