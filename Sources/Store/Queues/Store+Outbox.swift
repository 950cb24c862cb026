import AgentProtocol
import Domain
import Postgres

/// A part that waits to be sent.
package struct QueuedPart: Sendable {
    /// Its place in the queue: ids appear in their order.
    package var id: Int64
    package var part: OutgoingPart
    package var policy: ResendPolicy
    /// How long it must still wait, by the database's clock.
    package var wait: Duration
    /// Attempts made so far.
    package var attempts: Int
}

/// A part that the caller has recorded to be sending now.
package struct ClaimedPart: Sendable {
    package var id: Int64
    package var attempt: Int64
    package var number: Int
    package var startedAt: Timestamp
    /// What it says now, where that was changed since it was queued.
    package var rewritten: PartDraft?
}

/// A look at one lane of an account's queue.
package struct QueueLook: Sendable {
    package var lane: Lane
    /// The last id that the caller has already; nil rescans the whole lane.
    package var after: Int64?
    /// What the caller holds.
    package var excluding: [Int64]
    package var limit: Int

    package init(lane: Lane, after: Int64?, excluding: [Int64] = [], limit: Int) {
        self.lane = lane
        self.after = after
        self.excluding = excluding
        self.limit = limit
    }
}

/// What a connector found in the database in one round trip.
package struct QueueFindings: Sendable {
    /// For each look its parts, in order.
    package var parts: [[QueuedPart]]
    /// Chats whose customers are to be shown that an agent types; taken by being read.
    package var typing: [String]
    /// Attempts of earlier holders have no known end yet.
    package var isBehindOthers: Bool
}

extension Store {
    /// Looks for queued parts, and for typing and earlier holders' attempts where that is asked for.
    ///
    /// What stands behind an attempt of an earlier epoch, whose end nobody knows yet, stays where it is: that part may be sent
    /// again, and its chat's order is kept. A scan of the whole lane finds it later.
    package func look(
        _ looks: [QueueLook], account: AccountID, epoch: Int64, typing: Bool, others: Bool
    ) async throws(EralinkError) -> QueueFindings {
        try await asEralinkError { () async throws in
            var queries = looks.map { PostgresQuery.queued($0, account, epoch) }
            if others { queries.append(.earlierAttempts(account, epoch)) }
            if typing { queries.append(.takeTyping(account)) }
            let results = try await pool.batch(queries)
            return QueueFindings(
                parts: try results.prefix(looks.count).map { try $0.map { row in try QueuedPart(row) } },
                typing: typing ? try results.last?.values(String.self) ?? [] : [],
                isBehindOthers: others ? try results[looks.count].first?.value(at: 0) ?? false : false)
        }
    }

    /// The next queued parts of a lane, in order: one look of `look`.
    package func queuedParts(
        of account: AccountID, epoch: Int64 = 0, lane: Lane, after: Int64?, excluding known: [Int64] = [], limit: Int
    ) async throws(EralinkError) -> [QueuedPart] {
        try await look(
            [QueueLook(lane: lane, after: after, excluding: known, limit: limit)], account: account, epoch: epoch,
            typing: false, others: false
        ).parts[0]
    }

    /// Records that attempts at these parts start now, before the messenger is called (design.md, rule 4). What is not
    /// queued any more is left out of the answer.
    ///
    /// - Parameters:
    ///   - unheard: those of the parts whose earlier claim may have been committed although its answer was lost: that attempt
    ///     was never made, and is made now.
    ///   - deadline: how long an attempt may take; only after it may another holder act on the part.
    package func claim(
        _ ids: [Int64], unheard: [Int64] = [], deadline: Duration, by proof: LeaseProof
    ) async throws(EralinkError) -> [ClaimedPart] {
        try await asEralinkError { () async throws in
            let results = try await pool.batch([
                .requireLease(proof),
                """
                UPDATE outbox SET state = 'sending', attempt = nextval('attempt_serial'), epoch = \(proof.epoch),
                    attempts = attempts + CASE state WHEN 'queued' THEN 1 ELSE 0 END, started_at = clock_timestamp(),
                    deadline = clock_timestamp() + make_interval(secs => \(deadline.inSeconds))
                -- By their ids: an index by account would lead through all that waits there, so it is not offered one.
                WHERE id = ANY(\(ids)) AND account_id IS NOT DISTINCT FROM \(proof.account)
                    AND (state = 'queued'
                        OR (state = 'sending' AND epoch = \(proof.epoch) AND id = ANY(\(unheard))))
                RETURNING id, attempt, attempts, started_at, CASE WHEN edited THEN kind END,
                    CASE WHEN edited THEN content END, CASE WHEN edited THEN keyboard END
                """,
            ])
            return try results[1].map { row in
                var columns = Columns(row)
                return ClaimedPart(
                    id: try columns.next(), attempt: try columns.next(), number: try columns.next(),
                    startedAt: try columns.next(),
                    rewritten: try PartDraft(
                        kind: try columns.next(), content: try columns.next(), keyboard: try columns.next()))
            }
        }
    }

    /// Chats that the messenger told to wait, and how long still; the account as a whole under nil.
    package func holds(of account: AccountID) async throws(EralinkError) -> [(chat: String?, wait: Duration)] {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                SELECT external_id, (extract(epoch FROM hold_until - clock_timestamp()) * 1000000)::bigint
                FROM customer WHERE account_id = \(account) AND hold_until > clock_timestamp()
                UNION ALL
                SELECT NULL, (extract(epoch FROM paused_until - clock_timestamp()) * 1000000)::bigint
                FROM account_state WHERE account_id = \(account) AND paused_until > clock_timestamp()
                """
            ])[0]
            return try result.map { row in
                (try row.value(at: 0, as: String?.self), .microseconds(try row.value(at: 1, as: Int64.self)))
            }
        }
    }

    /// Chats whose customers are to be shown that an agent types; taken by being read.
    package func takeTyping(of account: AccountID) async throws(EralinkError) -> [String] {
        try await look([], account: account, epoch: 0, typing: true, others: false).typing
    }
}

extension PostgresQuery {
    fileprivate static func queued(_ look: QueueLook, _ account: AccountID, _ epoch: Int64) -> PostgresQuery {
        """
        SELECT id, message_id, part::int, chat, content, kind, keyboard, reply_external, album, forward_chat,
            forward_external, lane, policy,
            greatest(coalesce(extract(epoch FROM not_before - clock_timestamp()), 0) * 1000000, 0)::bigint, attempts
        FROM outbox
        WHERE account_id = \(account) AND lane = \(look.lane) AND id > \(look.after ?? 0) AND state = 'queued'
            AND id <> ALL(\(look.excluding))
            AND (chat, lane) NOT IN (
                SELECT e.chat, e.lane FROM outbox e
                WHERE e.account_id = \(account) AND e.state = 'sending' AND e.epoch < \(epoch))
        ORDER BY id LIMIT \(look.limit)
        """
    }

    fileprivate static func earlierAttempts(_ account: AccountID, _ epoch: Int64) -> PostgresQuery {
        """
        SELECT EXISTS (
            SELECT FROM outbox WHERE account_id = \(account) AND state = 'sending' AND epoch < \(epoch))
        """
    }

    fileprivate static func takeTyping(_ account: AccountID) -> PostgresQuery {
        """
        WITH taken AS (DELETE FROM typing WHERE account_id = \(account) RETURNING chat, until)
        SELECT chat FROM taken WHERE until > clock_timestamp()
        """
    }
}

extension QueuedPart {
    init(_ row: PostgresRow) throws {
        var columns = Columns(row)
        let id: Int64 = try columns.next()
        let message: MessageID = try columns.next()
        let number: Int = try columns.next()
        let chat: String = try columns.next()
        let content: [UInt8] = try columns.next()
        let kind: MessageKind = try columns.next()
        let keyboard: [UInt8]? = try columns.next()
        let reply: String? = try columns.next()
        let group: String? = try columns.next()
        let forward = OutgoingPart.ForwardSource(chat: try columns.next(), externalID: try columns.next())
        let part = OutgoingPart(
            message: message, number: number, chat: chat, content: try Content(kind: kind, bytes: content),
            keyboard: try keyboard.map(Keyboard.init(bytes:)), replyTo: reply, group: group, forward: forward,
            lane: try columns.next())
        self.init(
            id: id, part: part, policy: try columns.next(), wait: .microseconds(try columns.next() as Int64),
            attempts: try columns.next())
    }
}

extension PartDraft {
    fileprivate init?(kind: MessageKind?, content: [UInt8]?, keyboard: [UInt8]?) throws {
        guard let kind, let content else { return nil }
        self.init(
            content: try Content(kind: kind, bytes: content), keyboard: try keyboard.map(Keyboard.init(bytes:)))
    }
}
