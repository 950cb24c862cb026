import Domain
import Postgres

extension PostgresQuery {
    /// The moment, and the first of a block of fresh message ids (`MessageID.block`).
    static var messageIDs: PostgresQuery { "SELECT clock_timestamp(), next_message_id(clock_timestamp())" }
}

extension MessageID {
    /// How many ids one call of `next_message_id` hands out (the increment of `message_serial`).
    static let blockSize = 1024

    /// The ids of the block that begins here, last one first; not more than there are in it.
    func block(of count: Int) -> [MessageID] {
        (0..<Int64(min(count, Self.blockSize))).reversed().map { MessageID(value + $0) }
    }
}
