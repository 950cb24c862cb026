import Domain
import Postgres

/// The statements that record outcomes, and where in their results the answers stand that somebody wants.
struct OutcomeWrites {
    var queries: [PostgresQuery] = []
    var inbox: Int?
    var awakened: Int?
    var log: Int?

    /// Returns where the query's result will be.
    @discardableResult
    mutating func add(_ query: PostgresQuery) -> Int {
        queries.append(query)
        return queries.count - 1
    }

    /// Parts that go back into the queue, and chats that the messenger told to wait.
    mutating func add(again records: [AttemptRecord], account: AccountID) {
        let again = records.compactMap { record -> (AttemptRecord, Duration)? in
            if case .again(let wait) = record.verdict { return (record, wait) }
            return nil
        }
        if !again.isEmpty {
            add(
                """
                UPDATE outbox b SET state = 'queued', attempt = NULL, deadline = NULL,
                    not_before = clock_timestamp() + make_interval(secs => r.wait)
                FROM unnest(\(again.map(\.0.part)), \(again.map(\.0.attempt)), \(again.map(\.1.inSeconds)))
                    AS r (id, attempt, wait)
                WHERE b.id = r.id AND b.attempt = r.attempt AND b.state = 'sending'
                """)
        }
        let holds = records.compactMap { record in record.hold.map { (record.chat, $0.inSeconds) } }
        if !holds.isEmpty {
            add(
                """
                UPDATE customer c SET hold_until = clock_timestamp() + make_interval(secs => h.wait)
                FROM unnest(\(holds.map(\.0)), \(holds.map(\.1))) AS h (chat, wait)
                WHERE c.account_id = \(account) AND c.external_id = h.chat
                """)
        }
    }

    func receipt(_ results: [PostgresResult]) throws -> RecordReceipt {
        var receipt = RecordReceipt()
        receipt.inbox = try inbox.flatMap { try results[$0].last?.value(at: 0) }
        if let awakened { receipt.inbox = try results[awakened].last?.value(at: 0) ?? receipt.inbox }
        receipt.log = try log.flatMap { try results[$0].last?.value(at: 0) }
        return receipt
    }
}
