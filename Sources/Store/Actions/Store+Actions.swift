import AgentProtocol
import Domain
import Postgres

extension Store {
    /// How long an agent may take to answer a press before it is answered emptily.
    static let pressPatience = Duration.seconds(3)
    /// After so long the messengers take no answer any more.
    static let pressLifetime = Duration.seconds(120)
    /// How long an edit or a deletion is tried.
    static let changeLifetime = Duration.seconds(24 * 3600)

    /// Of an action `o`: nothing of its chat stands before it.
    private static let isFirstOfItsChat = """
        (o.kind = 'answer' OR NOT EXISTS (
            SELECT FROM action e
            WHERE e.account_id = o.account_id AND e.state <> 'done' AND e.kind <> 'answer' AND e.chat = o.chat
                AND e.id < o.id))
        """

    /// Takes the actions that are due, in each chat in their order (answers to presses wait for nobody), and says how long it
    /// is until the next one may be due; nil where nothing waits.
    ///
    /// - Parameter busy: how long an attempt may take. They may be repeated without harm: after it any holder takes it again.
    package func claimActions(
        limit: Int, busy: Duration, by proof: LeaseProof
    ) async throws(EralinkError) -> (actions: [ClaimedAction], next: Duration?) {
        try await asEralinkError { () async throws in
            let waiting = try await pool.query(
                """
                SELECT (extract(epoch FROM min(CASE state WHEN 'queued' THEN not_before ELSE claimed_until END)
                    - clock_timestamp()) * 1000000)::bigint
                FROM action o
                WHERE account_id = \(proof.account) AND state <> 'done' AND expires_at > clock_timestamp()
                    AND \(unescaped: Self.isFirstOfItsChat)
                """)
            guard let wait: Int64 = try waiting[0].value(at: 0) else { return ([], nil) }
            guard wait <= 0, limit > 0 else { return ([], .microseconds(max(wait, 1000))) }
            let claimed = try await pool.transaction { tx in
                try await tx.requireLease(proof)
                let results = try await tx.commit(after: [
                    """
                    WITH due AS MATERIALIZED (
                        SELECT id FROM action o
                        WHERE account_id = \(proof.account) AND expires_at > clock_timestamp()
                            AND (state = 'queued' AND not_before <= clock_timestamp()
                                OR state = 'doing' AND claimed_until < clock_timestamp())
                            AND \(unescaped: Self.isFirstOfItsChat)
                        ORDER BY id LIMIT \(limit) FOR UPDATE SKIP LOCKED
                    )
                    UPDATE action a SET state = 'doing', epoch = \(proof.epoch), attempts = attempts + 1,
                        started_at = clock_timestamp(),
                        claimed_until = clock_timestamp() + make_interval(secs => \(busy.inSeconds))
                    FROM due WHERE a.id = due.id
                    RETURNING a.id, a.chat, a.kind, a.external_id, a.content_kind, a.content, a.keyboard, a.callback,
                        a.answer, a.alert, a.attempts, a.started_at
                    """
                ])
                return try results[0].map { row in try ClaimedAction(row) }
            }
            return (claimed.sorted { $0.id < $1.id }, .zero)
        }
    }

    /// Records what came of actions, whoever holds the lease by now. While another attempt has followed, what came of it alone
    /// counts; only `done` also ends an action that waits for its next one. What was refused is taken back in the history; the events of that are returned, to be
    /// told of.
    package func record(
        _ records: [ActionRecord], by proof: LeaseProof, holder: String
    ) async throws(EralinkError) -> [EventRecord] {
        let settled = records.filter { record in
            if case .refused = record.verdict { false } else { true }
        }
        try await settle(settled, by: proof, holder: holder)
        var events: [EventRecord] = []
        for record in records {
            guard case .refused(let reason) = record.verdict else { continue }
            events += try await takeBack(record.id, attempt: record.attempt, for: reason) {
                [.trail([record], proof, holder)]
            }
        }
        return events
    }

    private func settle(
        _ records: [ActionRecord], by proof: LeaseProof, holder: String
    ) async throws(EralinkError) {
        guard !records.isEmpty else { return }
        let waits = records.map { record -> Double? in
            if case .again(let wait) = record.verdict { wait.inSeconds } else { nil }
        }
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                .trail(records, proof, holder),
                """
                UPDATE action a SET state = CASE WHEN r.wait IS NULL THEN 'done' ELSE 'queued' END, claimed_until = NULL,
                    not_before = clock_timestamp() + make_interval(secs => coalesce(r.wait, 0))
                FROM unnest(\(records.map(\.id)), \(records.map(\.attempt)), \(waits)) AS r (id, attempt, wait)
                WHERE a.id = r.id AND a.account_id = \(proof.account)
                    AND (a.state = 'doing' AND a.attempts = r.attempt OR a.state = 'queued' AND r.wait IS NULL)
                """,
                """
                UPDATE action a SET not_before = greatest(a.not_before, clock_timestamp() + make_interval(secs => h.hold))
                FROM action b JOIN unnest(\(records.map(\.id)), \(records.map { $0.hold?.inSeconds })) AS h (id, hold)
                    ON b.id = h.id
                WHERE h.hold IS NOT NULL AND a.account_id = \(proof.account) AND a.chat = b.chat AND a.state = 'queued'
                """,
            ])
        }
    }

    /// Ends actions whose time is over; what they changed in the history is taken back.
    package func expireActions(by proof: LeaseProof) async throws(EralinkError) -> [EventRecord] {
        let late = try await asEralinkError { () async throws in
            try await pool.query(
                """
                SELECT id FROM action
                WHERE account_id = \(proof.account) AND expires_at <= clock_timestamp()
                    AND (state = 'queued' OR state = 'doing' AND claimed_until < clock_timestamp())
                ORDER BY id LIMIT 100
                """
            ).values(Int64.self)
        }
        var events: [EventRecord] = []
        for id in late {
            let reason = Reason(code: "expired", text: "it could not be done in time")
            events += try await takeBack(id, attempt: nil, for: reason) { [] }
        }
        return events
    }
}

extension PostgresQuery {
    /// What `eralink trace` prints. An answer is found with the press that it answers.
    fileprivate static func trail(_ records: [ActionRecord], _ proof: LeaseProof, _ holder: String) -> PostgresQuery {
        """
        INSERT INTO attempt (id, account_id, message_id, part, number, epoch, holder, started_at, outcome, detail, request,
            response, action)
        SELECT nextval('attempt_serial'), a.account_id, m.id, a.part, r.attempt, \(proof.epoch), \(holder), r.started_at,
            r.outcome, r.detail, r.request, r.response, a.kind
        FROM unnest(
            \(records.map(\.id)), \(records.map(\.outcome)), \(records.map(\.reason?.text)), \(records.map(\.request)),
            \(records.map(\.response)), \(records.map(\.attempt)), \(records.map(\.startedAt))
        ) AS r (id, outcome, detail, request, response, attempt, started_at)
        JOIN action a ON a.id = r.id AND a.account_id = \(proof.account)
        CROSS JOIN LATERAL (
            SELECT coalesce(a.message_id, (
                SELECT m.id FROM customer c JOIN message m ON m.customer_id = c.id AND m.external_id = a.external_id
                WHERE c.account_id = a.account_id AND c.external_id = a.chat ORDER BY m.id DESC LIMIT 1)) AS id
        ) m
        WHERE m.id IS NOT NULL
        """
    }
}
