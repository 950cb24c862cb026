import Domain
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

    /// A change with its line in the audit trail for each row that it changed, and none where it found nothing.
    ///
    /// - Parameter change: returns the rows that it changed, with their `name`.
    static func audited(
        _ actor: String, _ action: String, _ details: [String: String], _ change: () -> PostgresQuery
    ) -> PostgresQuery {
        """
        WITH changed AS (\(change())), noted AS (
            INSERT INTO audit (actor, action, subject, details)
            SELECT \(actor), \(action), name, \(StringMap.write(details)) FROM changed)
        SELECT * FROM changed
        """
    }
}

/// A line of the audit trail.
package struct AuditRecord: Sendable, Equatable {
    package var id: Int64
    package var at: Timestamp
    package var actor: String
    package var action: String
    package var subject: String
    package var details: [String: String]
}

/// Which lines of the audit trail are wanted; nil is any.
package struct AuditFilter: Sendable, Equatable {
    package var from: Timestamp?
    package var to: Timestamp?
    package var actor: String?
    /// The whole action, or its first part (`account` for `account.add`).
    package var action: String?
    package var subject: String?

    package init() {}
}

extension Store {
    /// Up to `limit` lines, newest first, before the line `before`.
    package func audit(
        _ filter: AuditFilter, before: Int64? = nil, limit: Int
    ) async throws(EralinkError) -> [AuditRecord] {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT id, at, actor, action, subject, details FROM audit
                WHERE (\(before)::bigint IS NULL OR id < \(before)::bigint)
                    AND (\(filter.from)::timestamptz IS NULL OR at >= \(filter.from)::timestamptz)
                    AND (\(filter.to)::timestamptz IS NULL OR at < \(filter.to)::timestamptz)
                    AND (\(filter.actor)::text IS NULL OR actor = \(filter.actor)::text)
                    AND (\(filter.subject)::text IS NULL OR subject = \(filter.subject)::text)
                    AND (\(filter.action)::text IS NULL OR action = \(filter.action)::text
                        OR split_part(action, '.', 1) = \(filter.action)::text)
                ORDER BY id DESC LIMIT \(limit)
                """
            ])[0].map { row in
                var columns = Columns(row)
                return AuditRecord(
                    id: try columns.next(), at: try columns.next(), actor: try columns.next(),
                    action: try columns.next(), subject: try columns.next(),
                    details: StringMap.read(try columns.next()))
            }
        }
    }
}
