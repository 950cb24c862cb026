import Domain
import Postgres

/// What retention removed, or would remove.
package struct RetentionCount: Sendable, Equatable {
    /// Nil for what is kept for all accounts alike.
    package var account: String?
    package var what: String
    package var rows: Int

    package init(account: String? = nil, what: String, rows: Int) {
        self.account = account
        self.what = what
        self.rows = rows
    }
}

extension Store {
    /// Removes what is older than the account's `retention_days`: messages, what they carried, and closed chats that are empty
    /// then. In small transactions, so that nobody waits for it.
    ///
    /// - Parameters:
    ///   - dryRun: only counts.
    ///   - progress: told of messages as they go.
    package func applyRetention(
        dryRun: Bool = false, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(EralinkError) -> [RetentionCount] {
        var counts: [RetentionCount] = []
        for account in try await accounts() {
            guard let days = account.settings["retention_days"].flatMap({ Int($0) }) else { continue }
            counts += try await applyRetention(to: account, days: days, dryRun: dryRun, progress: progress)
        }
        return counts
    }

    private func applyRetention(
        to account: AccountRecord, days: Int, dryRun: Bool, progress: @Sendable (Int) -> Void
    ) async throws(EralinkError) -> [RetentionCount] {
        try await asEralinkError { () async throws in
            let cutoff: Timestamp = try await pool.batch([
                "SELECT clock_timestamp() - make_interval(days => \(Int32(days)))"
            ])[0][0].value(at: 0)
            let old = Old(account: account.id, cutoff: cutoff)
            if dryRun {
                let counts = try await pool.batch([old.countMessages, old.countChats], deadline: .unlimited)
                return [
                    .init(account: account.name, what: "messages", rows: try counts[0][0].value(at: 0)),
                    .init(account: account.name, what: "chats", rows: try counts[1][0].value(at: 0)),
                ]
            }
            var messages = 0
            var last: Int64? = 0
            while let after = last {
                let batch = try await pool.transaction { tx in
                    let batch = try await tx.query(old.messages(after: after), deadline: .unlimited)
                    let ids = try batch.map { row in try row.value(at: 0, as: Int64.self) }
                    _ = try await tx.commit(after: ids.isEmpty ? [] : old.deletions(of: ids))
                    return ids
                }
                messages += batch.count
                progress(batch.count)
                last = batch.last
            }
            let rest = try await pool.batch([old.deleteChats, old.deleteChunks, old.deleteFiles], deadline: .unlimited)
            return [
                .init(account: account.name, what: "messages", rows: messages),
                .init(account: account.name, what: "chats", rows: rest[0].affected),
                .init(account: account.name, what: "files", rows: rest[2].affected),
            ]
        }
    }
}

/// The statements about what is older than an account keeps.
private struct Old: Sendable {
    static let batch = 2000

    let account: AccountID
    let cutoff: Timestamp

    /// An id carries its message's time, give or take; the bound on ids spares looking into younger months.
    private var isOld: PostgresQuery {
        "m.account_id = \(account) AND m.at < \(cutoff) AND m.id < message_id_at(\(cutoff)::timestamptz + interval '1 hour')"
    }

    var countMessages: PostgresQuery { "SELECT count(*) FROM message m WHERE \(isOld)" }

    func messages(after id: Int64) -> PostgresQuery {
        "SELECT m.id FROM message m WHERE \(isOld) AND m.id > \(id) ORDER BY m.id LIMIT \(Self.batch)"
    }

    func deletions(of ids: [Int64]) -> [PostgresQuery] {
        [
            "DELETE FROM attempt WHERE message_id = ANY(\(ids))", "DELETE FROM outbox WHERE message_id = ANY(\(ids))",
            "DELETE FROM action WHERE message_id = ANY(\(ids))",
            "DELETE FROM message_part WHERE message_id = ANY(\(ids))",
            "DELETE FROM part_external WHERE message_id = ANY(\(ids))",
            "DELETE FROM message WHERE id = ANY(\(ids))",
        ]
    }

    private var isEmptyChat: PostgresQuery {
        """
        i.account_id = \(account) AND i.state = 'closed' AND i.closed_at < \(cutoff)
            AND NOT EXISTS (SELECT FROM message m WHERE m.interaction_id = i.id)
        """
    }

    var countChats: PostgresQuery {
        """
        SELECT count(*) FROM interaction i WHERE i.account_id = \(account) AND i.state = 'closed' AND i.closed_at < \(cutoff)
            AND NOT EXISTS (SELECT FROM message m WHERE m.interaction_id = i.id AND m.at >= \(cutoff))
        """
    }

    var deleteChats: PostgresQuery { "DELETE FROM interaction i WHERE \(isEmptyChat)" }

    /// Files that no message has any more; uploads that were never sent, and pictures of customers, are not its business.
    private var isOrphaned: PostgresQuery {
        """
        f.account_id = \(account) AND f.role <> 'avatar' AND f.created_at < \(cutoff)
            AND (f.role <> 'upload' OR f.used_at < \(cutoff)) AND f.state <> 'pending'
            AND NOT EXISTS (SELECT FROM message m WHERE m.file_id = f.id)
        """
    }

    var deleteChunks: PostgresQuery {
        "DELETE FROM file_chunk WHERE file_id IN (SELECT f.id FROM file f WHERE \(isOrphaned))"
    }

    var deleteFiles: PostgresQuery { "DELETE FROM file f WHERE \(isOrphaned)" }
}

extension Store {
    /// What `maintain` would remove now: rows, and whole days of the event log.
    package func retentionPreview(eventRetention: Duration) async throws(EralinkError) -> [RetentionCount] {
        try await asEralinkError { () async throws in
            let results = try await pool.batch(
                [
                    """
                    SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                    WHERE i.inhparent = 'event'::regclass AND c.relname ~ '^event_[0-9]{8}$'
                        AND to_date(right(c.relname, 8), 'YYYYMMDD') + 1
                            < clock_timestamp() - make_interval(secs => \(eventRetention.inSeconds))
                    """,
                    "SELECT count(*) FROM seen WHERE at < clock_timestamp() - interval '30 days'",
                    "SELECT count(*) FROM msg_key WHERE at < clock_timestamp() - interval '96 hours'",
                    "SELECT count(*) FROM attempt WHERE finished_at < clock_timestamp() - interval '30 days'",
                    """
                    SELECT count(*) FROM inbox
                    WHERE deferred AND NOT broken AND received_at < clock_timestamp() - interval '10 minutes'
                    """,
                ], deadline: .unlimited)
            let names = ["event_partitions", "seen", "msg_key", "attempt", "inbox_deferred"]
            return try zip(names, results).map { name, result in
                RetentionCount(what: name, rows: try result[0].value(at: 0))
            }
        }
    }
}
