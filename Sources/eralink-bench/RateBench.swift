import AgentClient
import Domain
import JSON
import Postgres
import Sandbox

/// Whether the messenger's rates are kept, and whether a live reply waits for what lies in the bulk lane.
enum RateBench {
    static func run(_ world: BenchWorld, _ report: BenchReport) async throws {
        for rate in [30, 1000] { try await keep(rate, world, report) }
    }

    /// A fresh account with that rate, its chats begun by their customers.
    private static func keep(_ rate: Int, _ world: BenchWorld, _ report: BenchReport) async throws {
        let account = try await world.addAccount("rate\(rate)", rate: rate, customers: min(200, rate))
        let agent = try await world.agent(watching: false)
        try world.telegram.burst(account.customers.count, from: account.customers, bot: account.bot.id)
        let chats = try await world.chats(of: account, agent, atLeast: account.customers.count)
        let total = rate * world.plan.rateSeconds
        // At once, so that no accepting of sends competes for the processors while the starts are timed.
        let connection = try await world.database()
        try await fill(.live, total, account, connection)
        await connection.close()
        try await world.telegram.wait(for: .sentInAll(count: total), bot: account.bot.id, seconds: 180)
        let seen = try world.telegram.statistics(bot: account.bot.id)
        let name = "rate.\(rate)"
        report.add(
            "\(name)_most_in_second", Double(seen.mostSendsInSecond) / Double(rate), "×", "of the set rate; goal ≤ 1.0")
        report.add("\(name)_sustained", seen.sendsPerSecond / Double(rate), "×", "of the set rate; goal ≥ 0.98")
        report.add("\(name)_most_in_tenth", Double(seen.mostSendsInTenth), "sends", "goal ≤ \((rate + 9) / 10)")
        if rate == 30 { try await overtake(account, rate, chats, agent, world, report) }
        await agent.close()
        try await world.daemon("connector-\(account.name)").end()
    }

    /// Puts rows into a lane, by turns for each of the account's customers.
    private static func fill(
        _ lane: Lane, _ count: Int, _ account: BenchWorld.Account, _ connection: PostgresConnection
    ) async throws {
        try await connection.query(
            """
            INSERT INTO outbox (account_id, customer_id, shard, chat, message_id, part, lane, kind, content, policy, expires_at)
            SELECT c.account_id, c.id, 0, c.external_id, -n, 1, \(lane.rawValue), 'text', '{"text":"queued"}', 'hold',
                now() + interval '1 day'
            FROM generate_series(1, \(count)) n
            JOIN (
                SELECT c.*, row_number() OVER (ORDER BY c.id) - 1 AS place, count(*) OVER () AS many
                FROM customer c JOIN account a ON a.id = c.account_id WHERE a.name = \(account.name)
            ) c ON c.place = n % c.many
            ORDER BY n
            """, deadline: .unlimited)
    }

    /// A hundred thousand rows wait in the bulk lane; replies are timed until the messenger has them.
    private static func overtake(
        _ account: BenchWorld.Account, _ rate: Int, _ chats: [String], _ agent: AgentConnection, _ world: BenchWorld,
        _ report: BenchReport
    ) async throws {
        let connection = try await world.database()
        try await fill(.bulk, world.plan.bulkRows, account, connection)
        let before = try world.telegram.statistics(bot: account.bot.id).sent
        try await world.telegram.wait(for: .sentInAll(count: before + 30), bot: account.bot.id, seconds: 60)
        let clock = WallClock()
        var began: [Int: ContinuousClock.Instant] = [:]
        let count = 60
        for number in 0..<count {
            began[number] = .now
            try await OutgoingBench.send("live \(number)", id: "live-\(number)", to: chats[number % chats.count], agent)
            try await Task.sleep(for: .milliseconds(83))
        }
        try await Task.sleep(for: .milliseconds(500))
        var durations: [Duration] = []
        var missing = Set(began.keys)
        for customer in account.customers {
            for message in try world.telegram.sent(to: customer, bot: account.bot.id)
            where message.text.hasPrefix("live ") {
                guard let number = Int(message.text.dropFirst(5)), let start = began[number] else { continue }
                missing.remove(number)
                durations.append(.seconds(message.at) - clock.sinceEpoch(start))
            }
        }
        try await connection.query(
            "DELETE FROM outbox WHERE lane = 'bulk' AND state = 'queued'", deadline: .unlimited)
        await connection.close()
        if !missing.isEmpty { EralinkBench.complain("live replies are missing: \(missing.sorted())") }
        let samples = Samples(durations)
        let note =
            "\(durations.count) of \(count) replies, \(world.plan.bulkRows) rows waiting, a tick is \(1000 / rate) ms"
        report.add("overtaking.reply_p50", samples.percentile(0.5), "ms", note)
        report.add("overtaking.reply_p99", samples.percentile(0.99), "ms", "goal: a tick and the idle latency")
    }
}
