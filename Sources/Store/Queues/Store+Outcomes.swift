import Domain
import Postgres

/// What came of an attempt, as it is recorded.
package struct AttemptRecord: Sendable {
    /// What follows for the part.
    package enum Verdict: Sendable, Equatable {
        /// Its story goes on elsewhere or is over: `sent`, `failed`, `expired` or `unknown`.
        case settled(DeliveryState)
        /// Back into the queue, not to be sent before that time has passed.
        case again(after: Duration)
    }

    package var part: Int64
    package var attempt: Int64
    package var number: Int
    package var message: MessageID
    package var partNumber: Int
    package var chat: String
    package var startedAt: Timestamp
    package var verdict: Verdict
    /// One word for the trail: sent, throttled, refused, not_taken, ambiguous, account_refused, moved.
    package var outcome: String
    package var externalID: String?
    package var reason: Reason?
    package var blocked: Bool
    /// Hold the chat for so long; remembered across restarts.
    package var hold: Duration?
    package var request: String?
    package var response: String?

    package init(
        part: Int64, attempt: Int64, number: Int, message: MessageID, partNumber: Int, chat: String,
        startedAt: Timestamp, verdict: Verdict, outcome: String, externalID: String? = nil, reason: Reason? = nil,
        blocked: Bool = false, hold: Duration? = nil, request: String? = nil, response: String? = nil
    ) {
        self.part = part
        self.attempt = attempt
        self.number = number
        self.message = message
        self.partNumber = partNumber
        self.chat = chat
        self.startedAt = startedAt
        self.verdict = verdict
        self.outcome = outcome
        self.externalID = externalID
        self.reason = reason
        self.blocked = blocked
        self.hold = hold
        self.request = request
        self.response = response
    }
}

extension Store {
    /// Records outcomes in one transaction. They are accepted from whoever made the attempt, also after its lease has passed
    /// on (design.md, rule 4): by attempt id; only a late `sent` overrules a part that is queued again.
    ///
    /// They go through the inbox, not into the history at once: whoever writes the event log holds its lock while his commit
    /// waits for the disk, so its writers must be few and their batches large, however many connectors there are.
    ///
    /// Gives the inbox's last id, nil where nothing was settled.
    @discardableResult
    package func record(
        _ records: [AttemptRecord], account: AccountID, epoch: Int64, holder: String
    ) async throws(EralinkError) -> Int64? {
        let settled = records.compactMap { record -> (AttemptRecord, DeliveryState)? in
            if case .settled(let state) = record.verdict { return (record, state) }
            return nil
        }
        let again = records.compactMap { record -> (AttemptRecord, Duration)? in
            if case .again(let wait) = record.verdict { return (record, wait) }
            return nil
        }
        let holds = records.compactMap { record in record.hold.map { (record.chat, $0.inSeconds) } }
        var writes: [PostgresQuery] = [.history(records, account: account, epoch: epoch, holder: holder)]
        if !again.isEmpty {
            writes.append(
                """
                UPDATE outbox b SET state = 'queued', attempt = NULL, deadline = NULL,
                    not_before = clock_timestamp() + make_interval(secs => r.wait)
                FROM unnest(\(again.map(\.0.part)), \(again.map(\.0.attempt)), \(again.map(\.1.inSeconds)))
                    AS r (id, attempt, wait)
                WHERE b.id = r.id AND b.attempt = r.attempt AND b.state = 'sending'
                """)
        }
        if !holds.isEmpty {
            writes.append(
                """
                UPDATE customer c SET hold_until = clock_timestamp() + make_interval(secs => h.wait)
                FROM unnest(\(holds.map(\.0)), \(holds.map(\.1))) AS h (chat, wait)
                WHERE c.account_id = \(account) AND c.external_id = h.chat
                """)
        }
        if !settled.isEmpty { writes.append(.settle(settled, account: account)) }
        let queries = writes
        return try await asEralinkError { () async throws in
            let results = try await pool.batch(queries)
            return settled.isEmpty ? nil : try results.last?.last?.value(at: 0)
        }
    }

    /// Acts on parts whose attempt was never finished and whose deadline is over: what the policy lets be sent again goes
    /// back into the queue, the rest becomes `unknown`. Parts whose attempts the caller still knows are left alone.
    ///
    /// Returns how many parts were found.
    package func recoverAttempts(
        by proof: LeaseProof, holder: String, excluding running: [Int64]
    ) async throws(EralinkError) -> Int {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                try await tx.requireLease(proof)
                let lost = try await tx.query(
                    """
                    SELECT id, attempt, attempts, message_id, part::int, chat, started_at, policy, epoch FROM outbox
                    WHERE account_id = \(proof.account) AND state = 'sending' AND deadline < clock_timestamp()
                        AND attempt <> ALL(\(running))
                    ORDER BY id LIMIT 500 FOR UPDATE
                    """)
                if lost.isEmpty { return 0 }
                var settled: [(AttemptRecord, DeliveryState)] = []
                var again: [AttemptRecord] = []
                let reason = Reason(
                    code: "attempt_lost",
                    text: "the connector that was sending it stopped before it knew the messenger's answer")
                for row in lost {
                    var columns = Columns(row)
                    var record = AttemptRecord(
                        part: try columns.next(), attempt: try columns.next(), number: try columns.next(),
                        message: try columns.next(), partNumber: try columns.next(), chat: try columns.next(),
                        startedAt: try columns.next(), verdict: .again(after: .zero), outcome: "lost", reason: reason)
                    let policy: ResendPolicy = try columns.next()
                    if policy == .hold {
                        record.verdict = .settled(.unknown)
                        settled.append((record, .unknown))
                    } else {
                        again.append(record)
                    }
                }
                _ = try await tx.commit(after: [
                    .settle(settled, account: proof.account),
                    """
                    UPDATE outbox SET state = 'queued', attempt = NULL, deadline = NULL WHERE id = ANY(\(again.map(\.part)))
                    """,
                    .history(
                        again + settled.map(\.0), account: proof.account, epoch: proof.epoch, holder: holder),
                ])
                return lost.count
            }
        }
    }

    /// Ends parts that waited too long: 24 hours for live ones (agent-api.md, "States").
    package func expireParts(by proof: LeaseProof) async throws(EralinkError) -> Int {
        let reason = Reason(code: "expired", text: "it could not be sent in time")
        return try await asEralinkError { () async throws in
            try await pool.batch([
                """
                WITH gone AS (
                    DELETE FROM outbox WHERE id IN (
                        SELECT id FROM outbox
                        WHERE account_id = \(proof.account) AND state = 'queued' AND expires_at < clock_timestamp()
                        ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
                    RETURNING message_id, part, shard, chat, attempts
                )
                INSERT INTO inbox (shard, account_id, chat, event, message_id, part, state, attempts, reason_code, reason_text)
                SELECT shard, \(proof.account), chat, 'status', message_id, part, 'expired', attempts,
                    \(reason.code), \(reason.text)
                FROM gone
                """
            ])[0].affected
        }
    }
}

extension PostgresQuery {
    /// Takes settled parts out of the queue and tells the ChatServers by the inbox.
    fileprivate static func settle(_ settled: [(AttemptRecord, DeliveryState)], account: AccountID) -> PostgresQuery {
        let records = settled.map(\.0)
        var columns = RowColumns()
        columns.add("shard", records.map { ChatShard.of(account, $0.chat) })
        columns.add("chat", records.map(\.chat))
        columns.add("message_id", records.map(\.message.value))
        columns.add("part", records.map(\.partNumber))
        columns.add("state", settled.map(\.1.rawValue))
        columns.add("attempts", records.map(\.number))
        columns.add(ifAny: "external_id", records.map(\.externalID))
        columns.add(ifAny: "reason_code", records.map(\.reason?.code))
        columns.add(ifAny: "reason_text", records.map(\.reason?.text))
        columns.add(ifAny: "blocked", records.map { $0.blocked ? true : nil })
        let parts = records.map(\.part)
        return """
            WITH done AS (
                DELETE FROM outbox b
                USING unnest(\(parts), \(records.map(\.attempt)), \(settled.map { $0.1 == .sent })) AS r (id, attempt, sent)
                WHERE b.id = r.id AND (b.attempt = r.attempt OR (r.sent AND b.state = 'queued'))
                RETURNING b.id
            )
            INSERT INTO inbox (account_id, event, \(unescaped: columns.names))
            SELECT \(account), 'status', \(unescaped: columns.names)
            FROM unnest(\(parts), \(columns.arrays)) AS r (id, \(unescaped: columns.names))
            WHERE state = 'sent' OR id IN (SELECT id FROM done)
            ORDER BY id
            RETURNING id
            """
    }

    fileprivate static func history(
        _ records: [AttemptRecord], account: AccountID, epoch: Int64, holder: String
    ) -> PostgresQuery {
        var columns = RowColumns()
        columns.add("id", records.map(\.attempt))
        columns.add("message_id", records.map(\.message.value))
        columns.add("part", records.map(\.partNumber))
        columns.add("number", records.map(\.number))
        columns.add("started_at", records.map(\.startedAt))
        columns.add("outcome", records.map(\.outcome))
        columns.add(ifAny: "detail", records.map(\.reason?.text))
        columns.add(ifAny: "request", records.map(\.request))
        columns.add(ifAny: "response", records.map(\.response))
        return """
            INSERT INTO attempt (account_id, epoch, holder, \(unescaped: columns.names))
            SELECT \(account), \(epoch), \(holder), \(unescaped: columns.names)
            FROM unnest(\(columns.arrays)) AS r (\(unescaped: columns.names))
            """
    }
}
