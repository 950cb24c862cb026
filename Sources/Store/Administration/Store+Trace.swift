import AgentProtocol
import Domain
import Postgres

/// A message's way through Eralink.
package struct MessageTrace: Sendable {
    package var account: String
    package var message: Message
    package var receivedAt: Timestamp?
    package var attempts: [Attempt]
    /// Parts that are still in the queue.
    package var queued: [Queued]
    /// What the event log still has of it.
    package var events: [EventRecord]

    package struct Attempt: Sendable {
        package var id: Int64
        package var part: Int
        package var number: Int
        package var epoch: Int64
        package var holder: String
        package var startedAt: Timestamp
        package var finishedAt: Timestamp
        package var outcome: String
        package var detail: String?
        package var request: String?
        package var response: String?
        /// edit, delete, answer, read; nil: it was sent.
        package var action: String?
    }

    package struct Queued: Sendable {
        package var part: Int
        package var state: DeliveryState
        package var attempts: Int
        package var createdAt: Timestamp
        package var notBefore: Timestamp?
        package var deadline: Timestamp?
    }
}

extension Store {
    /// Everything that is known of a message's way, for an admin at the database.
    package func trace(_ id: MessageID) async throws(EralinkError) -> MessageTrace {
        try await asEralinkError { () async throws in
            guard let message = try await messages([id])[id] else {
                throw EralinkError.notFound("message \(id) does not exist")
            }
            let results = try await pool.batch([
                """
                SELECT a.name, m.received_at FROM message m JOIN account a ON a.id = m.account_id WHERE m.id = \(id)
                """,
                """
                SELECT id, part::int, number, epoch, holder, started_at, finished_at, outcome, detail, request, response, action
                FROM attempt WHERE message_id = \(id) ORDER BY started_at, id
                """,
                """
                SELECT part::int, state, attempts, created_at, not_before, deadline FROM outbox WHERE message_id = \(id)
                ORDER BY id
                """,
                """
                SELECT \(unescaped: EventRecord.columns) FROM event
                WHERE interaction_id = \(message.interaction) AND at >= \(message.at.adding(.seconds(-60)))
                    AND (data LIKE \("%\"message\":\"\(id)\"%") OR data LIKE \("{\"id\":\"\(id)\"%"))
                ORDER BY position LIMIT 200
                """,
            ])
            let (account, receivedAt) = try results[0][0].decode(String.self, Timestamp?.self)
            return MessageTrace(
                account: account, message: message, receivedAt: receivedAt,
                attempts: try results[1].map { row in
                    var columns = Columns(row)
                    return .init(
                        id: try columns.next(), part: try columns.next(), number: try columns.next(),
                        epoch: try columns.next(), holder: try columns.next(), startedAt: try columns.next(),
                        finishedAt: try columns.next(), outcome: try columns.next(), detail: try columns.next(),
                        request: try columns.next(), response: try columns.next(), action: try columns.next())
                },
                queued: try results[2].map { row in
                    var columns = Columns(row)
                    return .init(
                        part: try columns.next(), state: try columns.next(), attempts: try columns.next(),
                        createdAt: try columns.next(), notBefore: try columns.next(), deadline: try columns.next())
                },
                events: try results[3].map { row in try EventRecord(row) })
        }
    }
}
