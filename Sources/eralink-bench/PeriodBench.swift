import AgentClient
import Domain
import JSON
import Postgres
import Sandbox

/// Period queries of the Loader over a long history.
enum PeriodBench {
    static func run(_ world: BenchWorld, _ report: BenchReport) async throws {
        try world.installation.start("loader", ["serve", "loader", "--port", "0"])
        let port = try await world.daemon("loader").ready()
        let client = try RESTClient("http://127.0.0.1:\(port)", token: world.agentToken)
        let filling = try await Filling(world)
        var p99: [Double] = []
        for size in world.plan.periodSizes {
            try await filling.fill(upTo: size)
            // The first look at a table that was just made is not what is asked for.
            _ = try await measure(filling, client, 20)
            let samples = Samples(try await measure(filling, client, world.plan.periodSamples))
            let name = size >= 1_000_000 ? "\(size / 1_000_000)m" : "\(size / 1000)k"
            report.add(
                "period.\(name)_p50", samples.percentile(0.5), "ms", "an hour of \(size) messages, 50 chats, over HTTP")
            report.add("period.\(name)_p99", samples.percentile(0.99), "ms", "goal 20")
            p99.append(samples.percentile(0.99))
        }
        if let first = p99.first, let last = p99.last {
            report.add("period.growth", last / first, "×", "of the p99; goal 1.5")
        }
        await filling.close()
    }

    private static func measure(_ filling: Filling, _ client: RESTClient, _ count: Int) async throws -> [Duration] {
        var durations: [Duration] = []
        for _ in 0..<count {
            let from = filling.randomMoment()
            let to = Timestamp(microseconds: from.microseconds + 3_600_000_000)
            let began = ContinuousClock.now
            let page = try await client.get(
                "/v1/interactions", query: [("from", from.description), ("to", to.description), ("limit", "50")])
            durations.append(ContinuousClock.now - began)
            guard page["items"]?.array?.isEmpty == false else { throw BenchFailure("a period had no chats: \(page)") }
        }
        return durations
    }
}

/// A history of the last thirty days, made in the database: a chat for each fifty messages.
private final class Filling: Sendable {
    private static let days: Int64 = 30
    private static let perChat = 50

    private let connection: PostgresConnection
    private let start: Timestamp
    private var startSeconds: Double { Double(start.microseconds) / 1_000_000 }
    private let account: Int64
    private let most: Int

    init(_ world: BenchWorld) async throws {
        connection = try await world.database()
        most = world.plan.periodSizes.max() ?? 0
        start = Timestamp(microseconds: Timestamp.now.microseconds - Self.days * 86_400_000_000)
        account = try await connection.query(
            """
            INSERT INTO account (name, kind, api_url, secret, webhook_secret, enabled)
            VALUES ('period', 'telegram', 'http://127.0.0.1', '', '', false) RETURNING id
            """)[0].value(at: 0)
    }

    /// Grows the history evenly over the whole time.
    func fill(upTo size: Int) async throws {
        let chats = max(1, size / Self.perChat)
        try await run(
            """
            INSERT INTO customer (account_id, external_id, name)
            SELECT \(account), 'period-' || n, 'Customer ' || n FROM generate_series(1, \(chats)) n
            ON CONFLICT (account_id, external_id) DO NOTHING
            """)
        try await run(
            """
            INSERT INTO interaction (account_id, customer_id, state, created_at, closed_at, first_customer_at, last_customer_at)
            SELECT \(account), c.id, 'closed', to_timestamp(\(startSeconds)), now(), to_timestamp(\(startSeconds)), now() FROM customer c
            WHERE c.account_id = \(account) AND NOT EXISTS (SELECT FROM interaction i WHERE i.customer_id = c.id)
            """)
        let known: Int64 = try await connection.query(
            "SELECT count(*) FROM message WHERE account_id = \(account)", deadline: .unlimited)[0].value(at: 0)
        let step = 500_000
        for first in stride(from: Int(known), to: size, by: step) {
            try await run(
                """
                WITH chat AS MATERIALIZED (
                    SELECT row_number() OVER (ORDER BY id) - 1 AS place, id, customer_id FROM interaction
                    WHERE account_id = \(account))
                INSERT INTO message (id, interaction_id, account_id, customer_id, seq, direction, kind, content, external_id, at,
                    received_at, provider_at, state)
                SELECT message_id_at(m.at) | (m.n & 1048575), chat.id, \(account), chat.customer_id, m.n, 'in', 'text',
                    '{"text":"message number ' || m.n || '"}', m.n::text, m.at, m.at, m.at, 'received'
                FROM (
                    SELECT n, to_timestamp(\(startSeconds)) + ((n::numeric * 7919 * 7907) % \(most)) / \(most) * interval '30 days' AS at
                    FROM generate_series(\(first + 1), \(min(size, first + step))) n
                ) m JOIN chat ON chat.place = m.n % \(chats)
                """)
        }
        try await run("VACUUM ANALYZE message")
        try await run("VACUUM ANALYZE interaction")
        try await run("VACUUM ANALYZE customer")
    }

    func randomMoment() -> Timestamp {
        Timestamp(microseconds: start.microseconds + .random(in: 0...(Self.days * 86_400_000_000 - 3_600_000_000)))
    }

    func close() async { await connection.close() }

    private func run(_ query: PostgresQuery) async throws { try await connection.query(query, deadline: .unlimited) }
}
