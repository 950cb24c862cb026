import Domain
import Postgres

/// Files of customers that one account has not fetched yet.
package struct FileHealth: Sendable, Equatable {
    package var account: String
    package var pending: Int
    /// Seconds that the oldest has waited.
    package var age: Double
    /// Why the oldest could not be fetched last time.
    package var reason: String?
    /// The message that shows the oldest.
    package var message: String?
}

extension Store {
    /// By account, where any is pending.
    package func fileHealth() async throws(EralinkError) -> [FileHealth] {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT a.name, p.files, extract(epoch FROM clock_timestamp() - oldest.created_at)::float8, oldest.reason_text,
                    (SELECT m.id::text FROM message m WHERE m.file_id = oldest.id ORDER BY m.id LIMIT 1)
                FROM account a
                CROSS JOIN LATERAL (
                    SELECT count(*) AS files FROM file
                    WHERE account_id = a.id AND state = 'pending' AND role <> 'upload'
                ) p
                JOIN LATERAL (
                    SELECT id, created_at, reason_text FROM file
                    WHERE account_id = a.id AND state = 'pending' AND role <> 'upload' ORDER BY created_at LIMIT 1
                ) oldest ON true
                WHERE a.removed_at IS NULL ORDER BY a.name
                """
            ])[0].map { row in
                let (account, pending, age, reason, message) = try row.decode(
                    String.self, Int.self, Double.self, String?.self, String?.self)
                return FileHealth(account: account, pending: pending, age: age, reason: reason, message: message)
            }
        }
    }
}
