import JSON
import Postgres

extension PostgresQuery {
    /// A line of the audit trail: who did what to what. Append-only.
    static func audit(_ actor: String, _ action: String, _ subject: String, _ details: [String: String])
        -> PostgresQuery
    {
        """
        INSERT INTO audit (actor, action, subject, details)
        VALUES (\(actor), \(action), \(subject), \(StringMap.write(details)))
        """
    }
}
