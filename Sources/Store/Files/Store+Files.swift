import Domain
import Postgres

/// What is known of files.
extension Store {
    /// Throws `not_found` where the account has no such file.
    package func file(_ id: FileID, account: String) async throws(EralinkError) -> FileRecord {
        let found = try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT \(unescaped: FileRecord.columns) FROM file f JOIN account a ON a.id = f.account_id
                WHERE f.id = \(id) AND a.name = \(account) AND a.removed_at IS NULL
                """
            ])[0].first.map { row in try FileRecord(row) }
        }
        guard let found else { throw .notFound("file \(id) does not exist on account \(account)") }
        return found
    }

    /// The file when it is no longer on its way, or as it is when the time is over.
    package func settledFile(
        _ id: FileID, account: String, within limit: Duration
    ) async throws(EralinkError) -> FileRecord {
        let end = ContinuousClock.now + limit
        while true {
            let record = try await file(id, account: account)
            guard record.file.state == .pending, ContinuousClock.now < end, !Task.isCancelled else { return record }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// A file that the actor may see, whatever account it belongs to.
    package func file(_ id: FileID, for actor: Actor) async throws(EralinkError) -> FileRecord {
        let found = try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT \(unescaped: FileRecord.columns) FROM file f JOIN account a ON a.id = f.account_id
                WHERE f.id = \(id) AND a.removed_at IS NULL
                    AND (\(actor.grantedNames)::text[] IS NULL OR a.name = ANY(\(actor.grantedNames)::text[]))
                """
            ])[0].first.map { row in try FileRecord(row) }
        }
        guard let found else { throw .notFound("file \(id) does not exist") }
        return found
    }

    /// Keeps what the messenger calls a file since it was sent there.
    package func remember(_ reference: String, of id: FileID, as use: String) async throws(EralinkError) {
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                "UPDATE file SET refs = refs || jsonb_build_object(\(use)::text, \(reference)::text) WHERE id = \(id)"
            ])
        }
    }
}

extension PostgresQuery {
    /// Uploads that were never sent go after a day, broken ones before.
    static var removeUnsentUploads: PostgresQuery {
        """
        WITH gone AS (
            DELETE FROM file WHERE id IN (
                SELECT id FROM file WHERE role = 'upload' AND used_at IS NULL
                    AND created_at < clock_timestamp()
                        - CASE state WHEN 'pending' THEN interval '6 hours' ELSE interval '24 hours' END
                LIMIT 1000)
                -- Looked at again where a send held the row meanwhile.
                AND used_at IS NULL
            RETURNING id
        )
        DELETE FROM file_chunk c USING gone WHERE c.file_id = gone.id
        """
    }
}
