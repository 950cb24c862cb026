import Domain
import Postgres

extension Store {
    /// Notes that these agents have a session somewhere.
    package func seen(_ agents: [String]) async throws(EralinkError) {
        if agents.isEmpty { return }
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                """
                INSERT INTO agent (name, seen_at) SELECT name, clock_timestamp() FROM unnest(\(agents.sorted())) AS a (name)
                ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at
                """
            ])
        }
    }

    /// Active chats whose agent has had no session for so long (`agent.release_after`), with their versions.
    package func abandoned(
        for patience: Duration
    ) async throws(EralinkError) -> [(interaction: InteractionID, version: Int64)] {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT i.id, i.version FROM interaction i LEFT JOIN agent a ON a.name = i.agent
                WHERE i.state = 'active'
                    AND coalesce(a.seen_at, i.created_at) < clock_timestamp() - make_interval(secs => \(patience.inSeconds))
                ORDER BY i.id LIMIT 500
                """
            ])[0].map { row in (try row.value(at: 0), try row.value(at: 1)) }
        }
    }
}
