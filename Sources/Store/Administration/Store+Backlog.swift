import Domain
import Postgres

/// What the database has beyond a position that a signal was rung with.
package struct Backlog: Sendable, Equatable {
    package var rows: Int64
    /// Since the oldest of them was written.
    package var age: Duration
    /// The database never gave that position out.
    package var isAhead: Bool
}

extension Store {
    /// What came into the inbox and into the event log after these positions, each counted up to 10,000.
    package func backlog(
        afterInbox inbox: Int64, afterEvent event: Int64
    ) async throws(EralinkError) -> (inbox: Backlog, events: Backlog) {
        try await asEralinkError { () async throws in
            let results = try await pool.batch([
                """
                SELECT count(*), (coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0) * 1000000)::bigint,
                    \(inbox) > coalesce(pg_sequence_last_value(pg_get_serial_sequence('inbox', 'id')::regclass), 0)
                FROM (SELECT received_at FROM inbox WHERE id > \(inbox) AND NOT deferred ORDER BY id LIMIT 10000) i
                """,
                """
                SELECT count(*), (coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0) * 1000000)::bigint,
                    \(event) > coalesce(pg_sequence_last_value('event_position'::regclass), 0)
                FROM (SELECT at FROM event WHERE position > \(event) ORDER BY position LIMIT 10000) e
                """,
            ])
            let backlogs = try results.map { result in
                let (rows, age, isAhead) = try result[0].decode(Int64.self, Int64.self, Bool.self)
                return Backlog(rows: rows, age: .microseconds(age), isAhead: isAhead)
            }
            return (backlogs[0], backlogs[1])
        }
    }
}
