import AgentProtocol
import Domain
import JSON
import Postgres

/// What an agent notes about a customer. Nil members stay as they are.
package struct CustomerChange: Sendable, Equatable {
    package var name: String?
    package var note: String?
    package var attributes: [Customer.Attribute]?

    package init(name: String?, note: String?, attributes: [Customer.Attribute]?) {
        self.name = name
        self.note = note
        self.attributes = attributes
    }
}

extension Store {
    package func customer(_ id: CustomerID, for actor: Actor) async throws(EralinkError) -> Customer {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                SELECT \(unescaped: Customer.columns), a.name FROM customer c JOIN account a ON a.id = c.account_id
                WHERE c.id = \(id)
                """
            ])[0]
            guard let row = result.first else { throw EralinkError.notFound("customer \(id) does not exist") }
            var columns = Columns(row)
            let customer = try Customer(&columns)
            guard actor.isGranted(try columns.next()) else {
                throw EralinkError.notFound("customer \(id) does not exist")
            }
            return customer
        }
    }

    package func update(
        _ id: CustomerID, _ change: CustomerChange, by actor: Actor
    ) async throws(EralinkError) -> (customer: Customer, events: [EventRecord]) {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let results = try await tx.batch([
                    """
                    SELECT c.account_id, a.name, \(unescaped: Customer.columns)
                    FROM customer c JOIN account a ON a.id = c.account_id WHERE c.id = \(id) FOR UPDATE OF c
                    """,
                    """
                    SELECT \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables)
                    WHERE i.customer_id = \(id) AND i.state <> 'closed' FOR UPDATE OF i
                    """,
                ])
                guard let row = results[0].first else { throw EralinkError.notFound("customer \(id) does not exist") }
                var columns = Columns(row)
                let account: AccountID = try columns.next()
                let accountName: String = try columns.next()
                var customer = try Customer(&columns)
                guard actor.isGranted(accountName) else {
                    throw EralinkError.notFound("customer \(id) does not exist")
                }
                let before = customer
                if let name = change.name { customer.name = name }
                if let note = change.note { customer.note = note }
                if let attributes = change.attributes { customer.attributes = attributes }
                if customer == before { return (customer, []) }
                var chat = try results[1].first.map { row in try ChatRow(row) }
                var events = [
                    EventDraft(
                        type: .customerUpdated, account: account, accountName: accountName,
                        interaction: chat?.interaction.id, agent: chat?.eventAgent, data: customer.jsonBytes)
                ]
                if chat != nil {
                    chat?.interaction.customer = customer
                    chat?.interaction.version += 1
                    if let chat { events.append(chat.event(.interactionUpdated)) }
                }
                let committed = try await tx.commit(after: [
                    """
                    UPDATE customer SET name = \(customer.name), note = \(customer.note),
                        attributes = \(StringMap.write(customer.attributes))
                    WHERE id = \(id)
                    """,
                    "UPDATE interaction SET version = version + 1 WHERE id = \(chat?.interaction.id)",
                    .append(events),
                ])
                return (customer, try events.records(from: committed[2]))
            }
        }
    }
}
