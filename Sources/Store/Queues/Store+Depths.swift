import Domain
import Postgres

/// How much waits in the queues.
package struct QueueDepths: Sendable {
    package var inbox: Int
    /// Seconds that the oldest row of the inbox has waited.
    package var inboxAge: Double
    package var outbox: [(account: String, lane: Lane, rows: Int)]
}

extension Store {
    package func queueDepths() async throws(EralinkError) -> QueueDepths {
        try await asEralinkError { () async throws in
            let results = try await pool.batch([
                """
                SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8
                FROM inbox WHERE NOT deferred
                """,
                """
                SELECT a.name, o.lane, count(*) FROM outbox o JOIN account a ON a.id = o.account_id GROUP BY a.name, o.lane
                """,
            ])
            let (inbox, age) = try results[0][0].decode(Int.self, Double.self)
            return QueueDepths(
                inbox: inbox, inboxAge: age,
                outbox: try results[1].map { row in
                    let (account, lane, rows) = try row.decode(String.self, Lane.self, Int.self)
                    return (account, lane, rows)
                })
        }
    }

    /// Whether the database answers, for /readyz.
    package func ping() async -> Bool {
        do {
            _ = try await pool.query("SELECT 1", deadline: .after(.seconds(2)))
            return true
        } catch {
            return false
        }
    }
}
