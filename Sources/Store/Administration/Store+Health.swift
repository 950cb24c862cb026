import Domain
import Postgres

/// How the database server is set up and how it does, as far as its user may know.
package struct DatabaseHealth: Sendable, Equatable {
    package struct Standby: Sendable, Equatable {
        package var name: String
        /// `streaming`, `catchup` …; nil where the user may not know.
        package var state: String?
        /// `sync`, `quorum`, `async`, `potential`.
        package var sync: String?

        package init(name: String, state: String?, sync: String?) {
            self.name = name
            self.state = state
            self.sync = sync
        }
    }

    package var version: String
    package var isReplica = false
    package var synchronousCommit = "on"
    /// `synchronous_standby_names`.
    package var synchronousNames = ""
    package var fsync = true
    package var fullPageWrites = true
    package var autovacuum = true
    package var maxConnections: Int
    package var connections: Int
    package var databaseBytes: Int64
    /// Where its files are; nil where the user may not know.
    package var dataDirectory: String?
    /// Seconds that the oldest transaction of anybody has been open.
    package var oldestTransaction: Double = 0
    /// Bytes of log kept for the replication slot that lags most, and whether anybody reads it.
    package var slotBytes: Int64 = 0
    package var slotName: String?
    package var standbys: [Standby] = []

    package init(version: String, maxConnections: Int, connections: Int, databaseBytes: Int64) {
        self.version = version
        self.maxConnections = maxConnections
        self.connections = connections
        self.databaseBytes = databaseBytes
    }
}

/// How much stands in the tables that grow.
package struct TableFigures: Sendable, Equatable {
    package var inbox = 0
    /// Seconds that the oldest row waits which nothing holds back.
    package var inboxAge: Double = 0
    package var inboxBroken = 0
    package var outbox = 0
    /// Events and messages for which no partition was made in time.
    package var eventsUnpartitioned = false
    package var messagesUnpartitioned = false
    /// Whether the coming day's partition of the event log is there.
    package var hasNextPartition = true
    /// Days since the oldest row.
    package var seenDays: Double = 0
    package var attemptDays: Double = 0

    package init() {}
}

/// How one account's queue does.
package struct QueueHealth: Sendable, Equatable {
    package var account: String
    package var queued = 0
    /// Seconds that the oldest part waits which could go: not held back, not being sent.
    package var age: Double = 0
    /// Its message.
    package var oldest: String?
    /// Why its last attempt failed.
    package var reason: String?
    /// Parts being sent past their deadline.
    package var overdue = 0
    /// The chat with the most parts, and how many.
    package var longestChat: String?
    package var longestCount = 0
    /// Seconds until the messenger takes anything for that chat again.
    package var chatHeldFor: Double = 0

    package init(account: String) { self.account = account }
}

extension Store {
    package func health() async throws(EralinkError) -> DatabaseHealth {
        try await asEralinkError { () async throws in
            let results = try await pool.batch([
                """
                SELECT current_setting('server_version'), pg_is_in_recovery(), current_setting('synchronous_commit'),
                    current_setting('synchronous_standby_names'), current_setting('fsync') = 'on',
                    current_setting('full_page_writes') = 'on', current_setting('autovacuum') = 'on',
                    current_setting('max_connections')::int,
                    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
                    pg_database_size(current_database()),
                    CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') THEN current_setting('data_directory') END,
                    (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(xact_start)), 0)::float8 FROM pg_stat_activity
                        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())
                """,
                """
                SELECT slot_name::text, coalesce(pg_wal_lsn_diff(
                    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn),
                    0)::bigint
                FROM pg_replication_slots WHERE NOT active ORDER BY 2 DESC LIMIT 1
                """,
                "SELECT coalesce(application_name, ''), state, sync_state FROM pg_stat_replication ORDER BY 1 LIMIT 20",
            ])
            var columns = Columns(results[0][0])
            let version: String = try columns.next()
            let isReplica: Bool = try columns.next()
            let (commit, names): (String, String) = (try columns.next(), try columns.next())
            let (fsync, pages, vacuum): (Bool, Bool, Bool) = (
                try columns.next(), try columns.next(), try columns.next()
            )
            var health = DatabaseHealth(
                version: String(version.prefix { $0 != " " }), maxConnections: Int(try columns.next() as Int32),
                connections: try columns.next(), databaseBytes: try columns.next())
            health.isReplica = isReplica
            health.synchronousCommit = commit
            health.synchronousNames = names
            health.fsync = fsync
            health.fullPageWrites = pages
            health.autovacuum = vacuum
            health.dataDirectory = try columns.next()
            health.oldestTransaction = try columns.next()
            if let slot = results[1].first {
                (health.slotName, health.slotBytes) = try slot.decode(String?.self, Int64.self)
            }
            health.standbys = try results[2].map { row in
                let (name, state, sync) = try row.decode(String.self, String?.self, String?.self)
                return DatabaseHealth.Standby(name: name, state: state, sync: sync)
            }
            return health
        }
    }

    package func tableFigures() async throws(EralinkError) -> TableFigures {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                SELECT (SELECT count(*) FROM (SELECT FROM inbox LIMIT 1000000) i),
                    (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8
                        FROM inbox WHERE NOT deferred),
                    (SELECT count(*) FROM inbox WHERE broken), (SELECT count(*) FROM outbox),
                    EXISTS (SELECT FROM event_rest), EXISTS (SELECT FROM message_rest),
                    to_regclass('event_' || to_char(current_date + 1, 'YYYYMMDD')) IS NOT NULL,
                    (SELECT coalesce(extract(epoch FROM now() - min(at)), 0)::float8 / 86400
                        FROM (SELECT at FROM seen LIMIT 1) s),
                    (SELECT coalesce(extract(epoch FROM now() - min(finished_at)), 0)::float8 / 86400
                        FROM (SELECT finished_at FROM attempt LIMIT 1) a)
                """
            ])[0]
            var columns = Columns(result[0])
            var figures = TableFigures()
            figures.inbox = try columns.next()
            figures.inboxAge = try columns.next()
            figures.inboxBroken = try columns.next()
            figures.outbox = try columns.next()
            figures.eventsUnpartitioned = try columns.next()
            figures.messagesUnpartitioned = try columns.next()
            figures.hasNextPartition = try columns.next()
            figures.seenDays = try columns.next()
            figures.attemptDays = try columns.next()
            return figures
        }
    }

    /// The queues of the accounts that have one, by account.
    package func queueHealth() async throws(EralinkError) -> [QueueHealth] {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                SELECT a.name, q.queued, q.age, oldest.message_id::text, last.detail, q.overdue, chat.chat, chat.parts,
                    coalesce(greatest(extract(epoch FROM chat.hold_until - clock_timestamp()), 0), 0)::float8
                FROM account a
                CROSS JOIN LATERAL (
                    SELECT count(*) AS queued,
                        coalesce(extract(epoch FROM clock_timestamp() - min(created_at) FILTER (
                            WHERE state = 'queued' AND lane = 'live')), 0)::float8 AS age,
                        count(*) FILTER (WHERE state = 'sending' AND deadline < clock_timestamp()) AS overdue
                    FROM outbox WHERE account_id = a.id
                ) q
                LEFT JOIN LATERAL (
                    SELECT message_id FROM outbox WHERE account_id = a.id AND lane = 'live' ORDER BY id LIMIT 1
                ) oldest ON true
                LEFT JOIN LATERAL (
                    SELECT detail FROM attempt WHERE attempt.message_id = oldest.message_id ORDER BY id DESC LIMIT 1
                ) last ON true
                LEFT JOIN LATERAL (
                    SELECT o.chat, count(*) AS parts, max(c.hold_until) AS hold_until
                    FROM outbox o LEFT JOIN customer c ON c.id = o.customer_id
                    WHERE o.account_id = a.id AND o.lane = 'live' GROUP BY o.chat ORDER BY count(*) DESC LIMIT 1
                ) chat ON true
                WHERE a.removed_at IS NULL AND q.queued > 0 ORDER BY a.name
                """
            ])[0]
            return try result.map { row in
                var columns = Columns(row)
                var health = QueueHealth(account: try columns.next())
                health.queued = try columns.next()
                health.age = try columns.next()
                health.oldest = try columns.next()
                health.reason = try columns.next()
                health.overdue = try columns.next()
                health.longestChat = try columns.next()
                health.longestCount = (try columns.next() as Int?) ?? 0
                health.chatHeldFor = try columns.next()
                return health
            }
        }
    }

    /// The database's clock.
    package func clock() async throws(EralinkError) -> Timestamp {
        try await asEralinkError { () async throws in
            try await pool.batch(["SELECT clock_timestamp()"])[0][0].value(at: 0)
        }
    }

    /// Writes and commits something that leaves nothing behind: it meets a full disk, and waits for a synchronous standby as every
    /// commit does. Returns how long that took.
    package func probeWrite() async throws(EralinkError) -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            try await pool.transaction { tx in
                // A temporary table's first rows extend a file in the database's own directory.
                _ = try await tx.commit(after: [
                    "CREATE TEMPORARY TABLE eralink_probe (filler text) ON COMMIT DROP",
                    "INSERT INTO eralink_probe SELECT repeat('x', 1900) FROM generate_series(1, 40)",
                ])
            }
        } catch let error as PostgresError where error.sqlState == "53100" {
            throw EralinkError(.unavailable, "the database's disk is full: \(error.message)")
        } catch let error as PostgresError {
            throw EralinkError(.unavailable, error.message, retryable: error.retryable)
        } catch {
            throw EralinkError(.internal, "\(error)")
        }
        return clock.now - start
    }
}
