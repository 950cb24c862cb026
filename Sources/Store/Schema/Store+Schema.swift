import Domain
import Postgres

/// How the database's schema stands to what this binary needs.
package struct SchemaStatus: Sendable, Equatable {
    /// 0: empty.
    package var version: Int
    package var needed: Int

    /// Why a daemon cannot start on it; nil where it can.
    package var problem: EralinkError? {
        if version == needed { return nil }
        if version == 0 {
            return EralinkError(
                .unavailable, "the database has no Eralink schema; run \"eralink db migrate\"", retryable: false)
        }
        if version < needed {
            return EralinkError(
                .unavailable,
                "the database has schema \(version), older than the \(needed) that this version needs; run \"eralink db migrate\"",
                retryable: false)
        }
        return EralinkError(
            .unavailable,
            "the database has schema \(version), newer than the \(needed) that this version knows; install a newer eralink",
            retryable: false)
    }
}

extension Store {
    package func schemaStatus() async throws(EralinkError) -> SchemaStatus {
        try await asEralinkError { () async throws in
            let exists: Bool = try await pool.batch(["SELECT to_regclass('schema_migration') IS NOT NULL"])[0][0]
                .value(at: 0)
            guard exists else { return SchemaStatus(version: 0, needed: Migration.latest) }
            let version: Int = try await pool.batch(["SELECT coalesce(max(number), 0) FROM schema_migration"])[0][0]
                .value(at: 0)
            return SchemaStatus(version: version, needed: Migration.latest)
        }
    }

    /// Throws where a daemon cannot start on this database, with the sentence that says what to do.
    package func requireSchema() async throws(EralinkError) {
        if let problem = try await schemaStatus().problem { throw problem }
    }

    /// Applies what is missing, under an advisory lock: several may start it at once, and each step is applied once. Returns
    /// the numbers that were applied.
    package func migrate() async throws(EralinkError) -> [Int] {
        var applied: [Int] = []
        for migration in Migration.all where try await apply(migration) { applied.append(migration.number) }
        if let problem = try await schemaStatus().problem { throw problem }
        return applied
    }

    private func apply(_ migration: Migration) async throws(EralinkError) -> Bool {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                _ = try await tx.batch(
                    [
                        "SET LOCAL lock_timeout = 0", "SELECT pg_advisory_xact_lock(7300)",
                        """
                        CREATE TABLE IF NOT EXISTS schema_migration (
                            number integer PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now())
                        """,
                    ], deadline: .unlimited)
                let done = try await tx.query("SELECT 1 FROM schema_migration WHERE number = \(migration.number)")
                guard done.isEmpty else { return false }
                _ = try await tx.batch(
                    SQLScript.statements(of: migration.sql).map { PostgresQuery(unescaped: $0) }, deadline: .unlimited)
                _ = try await tx.commit(after: [
                    "INSERT INTO schema_migration (number, name) VALUES (\(migration.number), \(migration.name))"
                ])
                return true
            }
        }
    }

    /// Makes coming partitions and drops what retention has passed over: whole partitions of the event log, rows elsewhere.
    /// Several ChatServers may do it at once.
    package func maintain(eventRetention: Duration) async throws(EralinkError) -> [String: Int] {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let mine: Bool = try await tx.query("SELECT pg_try_advisory_xact_lock(7303)")[0].value(at: 0)
                guard mine else { return [:] }
                _ = try await tx.query("SELECT make_partitions(7, 3)")
                let old = try await tx.query(
                    """
                    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                    WHERE i.inhparent = 'event'::regclass AND c.relname ~ '^event_[0-9]{8}$'
                        AND to_date(right(c.relname, 8), 'YYYYMMDD') + 1
                            < clock_timestamp() - make_interval(secs => \(eventRetention.inSeconds))
                    """
                ).values(String.self)
                for partition in old { _ = try await tx.query("DROP TABLE \(unescaped: partition)") }
                let results = try await tx.commit(after: [
                    "DELETE FROM seen WHERE at < clock_timestamp() - interval '30 days'",
                    "DELETE FROM msg_key WHERE at < clock_timestamp() - interval '96 hours'",
                    "DELETE FROM attempt WHERE finished_at < clock_timestamp() - interval '30 days'",
                    "DELETE FROM inbox WHERE deferred AND NOT broken AND received_at < clock_timestamp() - interval '10 minutes'",
                    .removeUnsentUploads,
                    "DELETE FROM action WHERE state = 'done' AND created_at < clock_timestamp() - interval '1 day'",
                    "DELETE FROM message_part WHERE message_id < message_id_at(clock_timestamp() - interval '30 days')",
                    "DELETE FROM part_external WHERE message_id < message_id_at(clock_timestamp() - interval '30 days')",
                ])
                return [
                    "event_partitions": old.count, "seen": results[0].affected, "msg_key": results[1].affected,
                    "attempt": results[2].affected, "inbox_deferred": results[3].affected,
                    "file_chunk": results[4].affected,
                ]
            }
        }
    }
}
