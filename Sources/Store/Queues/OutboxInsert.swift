import Domain
import Postgres

/// A part on its way into the outbox.
struct OutboxInsert: Sendable {
    var account: AccountID
    var customer: Customer
    var message: Message
    /// Counted from 1.
    var part: Int
    var lane: Lane
    var policy: ResendPolicy
    var lifetime: Duration

    /// `auto` means: agents' live messages are sent again, mailings are held (design.md, rule 4).
    var settledPolicy: ResendPolicy {
        switch policy {
        case .auto: lane == .live ? .resend : .hold
        case .resend, .hold: policy
        }
    }
}

extension PostgresQuery {
    /// To be sent under the log's lock, so that ids appear in their order.
    static func insertParts(_ rows: [OutboxInsert]) -> PostgresQuery {
        var columns = RowColumns()
        columns.add("account_id", rows.map(\.account.value))
        columns.add("customer_id", rows.map(\.customer.id.value))
        columns.add("shard", rows.map { ChatShard.of($0.account, $0.customer.externalID) })
        columns.add("chat", rows.map(\.customer.externalID))
        columns.add("message_id", rows.map(\.message.id.value))
        columns.add("part", rows.map(\.part))
        columns.add("lane", rows.map(\.lane.rawValue))
        columns.add("kind", rows.map(\.message.kind.rawValue))
        columns.add("content", rows.map(\.message.content).asTexts)
        columns.add("policy", rows.map(\.settledPolicy.rawValue))
        columns.add(ifAny: "keyboard", rows.map(\.message.keyboard).asTexts)
        columns.add(ifAny: "reply_external", rows.map { $0.message.replyTo?.externalID })
        return """
            INSERT INTO outbox (expires_at, \(unescaped: columns.names))
            SELECT clock_timestamp() + make_interval(secs => lifetime), \(unescaped: columns.names)
            FROM unnest(\(rows.map(\.lifetime.inSeconds)), \(columns.arrays)) WITH ORDINALITY
                AS p (lifetime, \(unescaped: columns.names), n)
            ORDER BY n
            """
    }
}
