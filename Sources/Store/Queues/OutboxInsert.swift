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
        """
        INSERT INTO outbox (account_id, customer_id, shard, chat, message_id, part, lane, kind, content, keyboard,
            reply_external, policy, expires_at)
        SELECT account_id, customer_id, shard, chat, message_id, part, lane, kind, content, keyboard, reply_external, policy,
            clock_timestamp() + make_interval(secs => lifetime)
        FROM unnest(
            \(rows.map(\.account.value)), \(rows.map(\.customer.id.value)),
            \(rows.map { ChatShard.of($0.account, $0.customer.externalID) }), \(rows.map(\.customer.externalID)),
            \(rows.map(\.message.id.value)), \(rows.map(\.part)), \(rows.map(\.lane.rawValue)),
            \(rows.map(\.message.kind.rawValue)), \(rows.map(\.message.content).asTexts),
            \(rows.map(\.message.keyboard).asTexts), \(rows.map { $0.message.replyTo?.externalID }),
            \(rows.map(\.settledPolicy.rawValue)), \(rows.map(\.lifetime.inSeconds))
        ) WITH ORDINALITY AS p (account_id, customer_id, shard, chat, message_id, part, lane, kind, content, keyboard,
            reply_external, policy, lifetime, n)
        ORDER BY n
        """
    }
}
