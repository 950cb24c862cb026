import Domain
import Postgres

/// A customer as an admin sees them: with account, chats, and how much is kept.
package struct CustomerCard: Sendable, Equatable {
    package var customer: Customer
    package var account: String
    package var createdAt: Timestamp
    package var chats: [Chat]
    package var messages: Int
    package var files: Int
    package var fileBytes: Int64
    package var queued: Int

    package struct Chat: Sendable, Equatable {
        package var id: InteractionID
        package var state: InteractionState
        package var agent: String?
        package var version: Int64
        package var createdAt: Timestamp
    }

    /// The chat that is not closed.
    package var openChat: Chat? { chats.first { $0.state != .closed } }
}

/// How an admin names a customer.
package enum CustomerAddress: Sendable, Equatable {
    case id(CustomerID)
    case external(account: String, id: String)
    case phone(account: String, number: String)
}

extension Store {
    /// The id behind an address. Throws `not_found`.
    package func customerID(_ address: CustomerAddress) async throws(EralinkError) -> CustomerID {
        let query: PostgresQuery
        switch address {
        case .id(let id): return id
        case .external(let account, let id):
            query = """
                SELECT c.id FROM customer c JOIN account a ON a.id = c.account_id
                WHERE a.name = \(account) AND c.external_id = \(id)
                """
        case .phone(let account, let number):
            query = """
                SELECT c.id FROM customer c JOIN account a ON a.id = c.account_id
                WHERE a.name = \(account) AND (c.phone = \(number) OR c.id IN (
                    SELECT p.customer_id FROM customer_phone p WHERE p.account_id = a.id AND p.phone = \(number)))
                ORDER BY c.id LIMIT 1
                """
        }
        return try await asEralinkError { () async throws in
            guard let row = try await pool.batch([query])[0].first else { throw EralinkError.noCustomer(address) }
            return try row.value(at: 0)
        }
    }

    /// Throws `not_found`.
    package func customerCard(_ address: CustomerAddress) async throws(EralinkError) -> CustomerCard {
        let id = try await customerID(address)
        return try await asEralinkError { () async throws in
            let results = try await pool.batch([
                """
                SELECT \(unescaped: Customer.columns), a.name, c.created_at,
                    (SELECT count(*) FROM message m WHERE m.interaction_id IN (
                        SELECT i.id FROM interaction i WHERE i.customer_id = c.id)),
                    (SELECT count(*) FROM outbox o WHERE o.account_id = c.account_id AND o.customer_id = c.id)
                FROM customer c JOIN account a ON a.id = c.account_id WHERE c.id = \(id)
                """,
                """
                SELECT id, state, agent, version, created_at FROM interaction WHERE customer_id = \(id) ORDER BY id DESC
                """,
                """
                SELECT count(*), coalesce(sum(size), 0)::bigint FROM file
                WHERE id IN (\(.files(ofCustomer: id)))
                """,
            ])
            guard let row = results[0].first else { throw EralinkError.noCustomer(address) }
            var columns = Columns(row)
            let customer = try Customer(&columns)
            let (account, createdAt): (String, Timestamp) = (try columns.next(), try columns.next())
            let (messages, queued): (Int, Int) = (try columns.next(), try columns.next())
            let (files, bytes) = try results[2][0].decode(Int.self, Int64.self)
            return CustomerCard(
                customer: customer, account: account, createdAt: createdAt,
                chats: try results[1].map { row in
                    var columns = Columns(row)
                    return CustomerCard.Chat(
                        id: try columns.next(), state: try columns.next(), agent: try columns.next(),
                        version: try columns.next(), createdAt: try columns.next())
                }, messages: messages, files: files, fileBytes: bytes, queued: queued)
        }
    }
}

extension EralinkError {
    static func noCustomer(_ address: CustomerAddress) -> EralinkError {
        switch address {
        case .id(let id): .notFound("customer \(id) does not exist")
        case .external(let account, let id), .phone(let account, let id):
            .notFound("account \(account) has no customer \(id)")
        }
    }
}

extension PostgresQuery {
    /// The ids of files that are a customer's alone: those of the chat, and uploads that went to nobody else.
    static func files(ofCustomer id: CustomerID) -> PostgresQuery {
        """
        SELECT f.id FROM customer c JOIN file f ON f.account_id = c.account_id AND f.chat = c.external_id
        WHERE c.id = \(id)
        UNION
        SELECT m.file_id FROM message m
        WHERE m.file_id IS NOT NULL AND m.interaction_id IN (SELECT i.id FROM interaction i WHERE i.customer_id = \(id))
            AND NOT EXISTS (SELECT FROM message o WHERE o.file_id = m.file_id AND o.customer_id <> \(id))
        """
    }
}
