import Domain
import Postgres

extension Store {
    /// Who sent how many messages within the last minute, the busiest five. Mailings are nobody's.
    package func busiestAgents() async throws(EralinkError) -> [(agent: String, sent: Int)] {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT agent, count(*) FROM (
                    SELECT agent FROM message WHERE id >= message_id_at(clock_timestamp() - interval '1 minute')
                        AND direction = 'out' AND agent IS NOT NULL LIMIT 200000) m
                GROUP BY agent ORDER BY 2 DESC, 1 LIMIT 5
                """
            ])[0].map { row in try row.decode(String.self, Int.self) }
        }
    }
}
