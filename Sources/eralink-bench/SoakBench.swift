import AgentClient
import Domain
import JSON
import Postgres
import Sandbox

/// Many minutes of steady load in both directions: memory must stay flat, queues empty, and the vacuum keep up.
enum SoakBench {
    static let sampleEvery = Duration.seconds(10)

    /// What is looked at again and again.
    private struct Sample {
        /// By daemon, in MiB.
        var memory: [String: Double] = [:]
        /// By table: rows that live, and rows that are dead and wait for the vacuum.
        var live: [String: Double] = [:]
        var dead: [String: Double] = [:]
    }

    private static let queues = ["inbox", "outbox", "action", "typing"]

    /// - Parameter incoming: messages a second that customers write; `outgoing`: that agents send.
    static func run(
        _ world: BenchWorld, minutes: Int, incoming: Double, outgoing: Double, _ report: BenchReport
    ) async throws {
        let agent = try await world.agent(watching: false)
        let watcher = try await world.agent()
        let chats = try await OutgoingBench.chats(world, agent)
        let customers = world.accounts.flatMap { account in account.customers.map { ($0, account.bot.id) } }
        let sentBefore = try sent(world)
        let used = Use(world)
        let end = ContinuousClock.now + .seconds(60 * minutes)
        var samples: [Sample] = []
        var (written, requested) = (0, 0)
        let seen = Task {
            var seen = 0
            for try await event in watcher.events
            where event.type == "message.created" && event.data["direction"]?.string == "in" {
                seen += 1
            }
            return seen
        }
        // Read, so that it is not cut off for being slow.
        let heard = Task { for try await _ in agent.events {} }
        defer { heard.cancel() }
        try await withThrowingTaskGroup { requests in
            let began = ContinuousClock.now
            var nextSample = began + sampleEvery
            while ContinuousClock.now < end {
                let elapsed = (ContinuousClock.now - began) / .seconds(1)
                while Double(written) < elapsed * incoming {
                    let (customer, bot) = customers[written % customers.count]
                    try world.telegram.write("soak \(written)", from: customer, bot: bot)
                    written += 1
                }
                while Double(requested) < elapsed * outgoing {
                    let (number, chat) = (requested, chats[requested % chats.count])
                    requests.addTask {
                        try await OutgoingBench.send("soak \(number)", id: "soak-\(number)", to: chat, agent)
                    }
                    requested += 1
                }
                if ContinuousClock.now >= nextSample {
                    nextSample += sampleEvery
                    samples.append(try await look(world))
                    while !requests.isEmpty, try await requests.next() != nil {}
                }
                try await Task.sleep(for: .milliseconds(5))
            }
            try await requests.waitForAll()
        }
        for _ in 0..<600 where try sent(world) < sentBefore + requested {
            try await Task.sleep(for: .milliseconds(100))
        }
        let use = used.since(messages: written + requested)
        try await Task.sleep(for: .seconds(2))
        await watcher.close()
        await agent.close()
        let arrived = (try? await seen.value) ?? 0
        let what = "\(minutes) minutes at \(Int(incoming)) in and \(Int(outgoing)) out a second; \(use)"
        report.add("soak.incoming_lost", Double(written - arrived), "messages", "of \(written), \(what)")
        report.add(
            "soak.outgoing_lost", Double(requested - (try sent(world) - sentBefore)), "messages", "of \(requested)")
        tell(samples, report)
        let last = try await look(world)
        for queue in queues { report.add("soak.\(queue)_left", last.live[queue] ?? 0, "rows", "when all was done") }
    }

    private static func sent(_ world: BenchWorld) throws -> Int {
        try world.accounts.map { try world.telegram.statistics(bot: $0.bot.id).sent }.reduce(0, +)
    }

    private static func look(_ world: BenchWorld) async throws -> Sample {
        var sample = Sample()
        for daemon in world.installation.all {
            sample.memory[daemon.name] = ProcessUse.residentKiB(daemon.pid) / 1024
        }
        let connection = try await world.database()
        for queue in queues {
            let rows = try await connection.query(
                """
                SELECT (SELECT count(*) FROM \(unescaped: queue))::float8,
                    coalesce((SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = \(queue)), 0)::float8
                """)
            guard let row = rows.first else { continue }
            (sample.live[queue], sample.dead[queue]) = try row.decode(Double.self, Double.self)
        }
        await connection.close()
        return sample
    }

    /// Growth from the second fifth of the time to the last, and what was the most.
    private static func tell(_ samples: [Sample], _ report: BenchReport) {
        let fifth = max(1, samples.count / 5)
        let (early, late) = (samples.dropFirst(fifth).prefix(fifth), samples.suffix(fifth))
        func median(_ samples: some Sequence<Sample>, _ value: (Sample) -> Double?) -> Double {
            let sorted = samples.compactMap(value).sorted()
            return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
        }
        for name in (samples.last?.memory.keys).map({ $0.sorted() }) ?? [] {
            let (first, last) = (median(early) { $0.memory[name] }, median(late) { $0.memory[name] })
            report.add("soak.memory_growth.\(name)", last - first, "MiB", "from \(Int(first)) to \(Int(last)) MiB")
        }
        for queue in queues {
            let dead = "dead at most \(Int(samples.compactMap { $0.dead[queue] }.max() ?? 0))"
            let first = Int(median(early) { $0.live[queue] })
            report.add(
                "soak.\(queue)_rows", median(late) { $0.live[queue] }, "rows", "\(first) in the beginning; \(dead)")
        }
    }
}
