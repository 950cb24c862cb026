import AgentProtocol
import Domain
import Postgres

/// What a ChatServer took from the inbox in one transaction.
package struct IngestReport: Sendable {
    /// Rows taken or set aside. Fewer than the limit: the inbox was emptied, as far as nobody else held its shards.
    package var rows: Int
    /// Rows that can be taken now, since the message is known that they are about.
    package var awakened: Int
    /// The events, in the log's order.
    package var events: [EventRecord]
    /// Incoming messages by account and kind.
    package var messages: [Key: Int]
    /// Rows given up, by reason.
    package var dropped: [String: Int]

    package struct Key: Hashable, Sendable {
        package var account: String
        package var kind: MessageKind
    }
}

extension Store {
    /// Takes up to `limit` rows of the inbox, oldest first within each chat, and writes history, chats and event log, in one
    /// transaction. Nil: there was nothing to take.
    package func ingest(limit: Int) async throws(EralinkError) -> IngestReport? {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let taken = try await tx.query("SELECT \(unescaped: InboxRow.columns) FROM take_inbox(\(Int32(limit)))")
                let rows = try taken.map { row in try InboxRow(row) }
                if rows.isEmpty { return nil }
                var plan = try await loadPlan(for: rows, in: tx)
                for row in rows { plan.take(row) }
                let results = try await tx.commit(after: plan.writes())
                return IngestReport(
                    rows: rows.count, awakened: results[plan.awakenedIndex].affected,
                    events: try plan.events.records(from: results[plan.eventsIndex]),
                    messages: plan.messageCounts(), dropped: plan.dropped)
            }
        }
    }

    /// Sets aside the row that `ingest(limit: 1)` would take first: it cannot be taken, and must not hold up the others.
    /// Returns its id.
    package func setAsideFirst() async throws(EralinkError) -> Int64? {
        try await asEralinkError { () async throws in
            try await pool.batch([
                "UPDATE inbox SET deferred = true, broken = true WHERE id IN (SELECT id FROM take_inbox(1)) RETURNING id"
            ])[0].first?.value(at: 0)
        }
    }

    /// One round trip: what is new is made, what is touched is locked (customers, then interactions, each by id) and read.
    private func loadPlan(for rows: [InboxRow], in tx: PostgresTransaction) async throws -> IngestPlan {
        let keys = Set(rows.map(\.key)).sorted()
        let writers = Set(rows.filter { $0.event == .message }.map(\.key)).sorted()
        var externals = Set<ExternalReference>()
        for row in rows {
            if let reply = row.replyExternal { externals.insert(.init(key: row.key, external: reply)) }
            if let pressed = row.pressed { externals.insert(.init(key: row.key, external: pressed)) }
            let isAboutKnown =
                switch row.event {
                case .edit, .reaction: true
                case .status: row.message == nil
                case .message, .blocked, .profile, .file: false
                }
            if isAboutKnown, let external = row.externalID {
                externals.insert(.init(key: row.key, external: external))
            }
        }
        let references = Array(externals)
        let ids = rows.compactMap(\.message)
        let files = rows.compactMap { $0.event == .file ? $0.file : nil }
        let results = try await tx.batch([
            .makeCustomers(keys), .lockCustomers(keys), .makeInteractions(writers),
            .lockChats(of: keys, messages: ids, files: files, externals: references),
            .messages(ids: ids, files: files, externals: references),
            """
            SELECT clock_timestamp(), next_message_id(clock_timestamp())
            FROM generate_series(1, \(rows.count)) n ORDER BY n DESC
            """,
        ])
        let bornCustomers = Set(try results[0].values(CustomerID.self))
        var customers: [InboxRow.ChatKey: IngestPlan.CustomerState] = [:]
        for row in results[1] {
            var columns = Columns(row)
            let key = InboxRow.ChatKey(account: try columns.next(), chat: try columns.next())
            let accountName: String = try columns.next()
            let avatarSource: String? = try columns.next()
            let customer = try Customer(&columns)
            customers[key] = .init(
                account: key.account, accountName: accountName, customer: customer, avatarSource: avatarSource,
                isNew: bornCustomers.contains(customer.id))
        }
        var chats: [InteractionID: IngestPlan.ChatState] = [:]
        var open: [CustomerID: InteractionID] = [:]
        func note(_ rows: PostgresResult, born: PostgresResult) throws {
            let born = Set(try born.values(InteractionID.self))
            for row in rows {
                let chat = try ChatRow(row)
                let interaction = chat.interaction
                chats[interaction.id] = .init(row: chat, isNew: born.contains(interaction.id))
                if interaction.state != .closed { open[interaction.customer.id] = interaction.id }
            }
        }
        try note(results[3], born: results[2])
        // A chat that was open may have been closed while we waited for its lock: its customer gets another one. Nobody can
        // make or close that one meanwhile, since we hold the customer and have made it ourselves.
        let without = writers.filter { key in customers[key].map { open[$0.customer.id] == nil } ?? false }
        if !without.isEmpty {
            let again = try await tx.batch([
                .makeInteractions(without), .lockChats(of: without, messages: [], files: [], externals: []),
            ])
            try note(again[1], born: again[0])
        }
        var messages: [MessageID: IngestPlan.MessageState] = [:]
        var byExternal: [IngestPlan.ExternalKey: MessageID] = [:]
        for row in results[4] {
            var columns = Columns(row)
            let customer: CustomerID = try columns.next()
            let external: String? = try columns.next()
            let file: FileID? = try columns.next()
            let fileKey: String? = try columns.next()
            let message = try Message(&columns, readSeq: 0)
            messages[message.id] = .init(message: message, externalID: external, file: file, fileKey: fileKey)
            if let external { byExternal[.init(customer: customer, external: external)] = message.id }
        }
        var now = Timestamp(microseconds: 0)
        var fresh: [MessageID] = []
        for row in results[5] {
            now = try row.value(at: 0, as: Timestamp.self)
            fresh.append(try row.value(at: 1, as: MessageID.self))
        }
        return IngestPlan(
            now: now, customers: customers, chats: chats, openChats: open, messages: messages, byExternal: byExternal,
            freshIDs: fresh)
    }
}

/// A message named by the messenger's id of it within a chat.
struct ExternalReference: Hashable, Sendable {
    var key: InboxRow.ChatKey
    var external: String
}

extension PostgresQuery {
    fileprivate static func makeCustomers(_ keys: [InboxRow.ChatKey]) -> PostgresQuery {
        """
        INSERT INTO customer (account_id, external_id)
        SELECT k.account_id, k.chat FROM unnest(\(keys.map(\.account.value)), \(keys.map(\.chat))) AS k (account_id, chat)
        WHERE NOT EXISTS (
            SELECT FROM customer c WHERE c.account_id = k.account_id AND c.external_id = k.chat)
        ON CONFLICT (account_id, external_id) DO NOTHING
        RETURNING id
        """
    }

    fileprivate static func lockCustomers(_ keys: [InboxRow.ChatKey]) -> PostgresQuery {
        """
        SELECT c.account_id, c.external_id, a.name, c.avatar_source, \(unescaped: Customer.columns)
        FROM unnest(\(keys.map(\.account.value)), \(keys.map(\.chat))) AS k (account_id, chat)
        JOIN customer c ON c.account_id = k.account_id AND c.external_id = k.chat
        JOIN account a ON a.id = c.account_id
        ORDER BY c.id FOR UPDATE OF c
        """
    }

    fileprivate static func makeInteractions(_ keys: [InboxRow.ChatKey]) -> PostgresQuery {
        """
        INSERT INTO interaction (account_id, customer_id, state)
        SELECT c.account_id, c.id, 'waiting'
        FROM unnest(\(keys.map(\.account.value)), \(keys.map(\.chat))) AS k (account_id, chat)
        JOIN customer c ON c.account_id = k.account_id AND c.external_id = k.chat
        WHERE NOT EXISTS (
            SELECT FROM interaction i
            WHERE i.account_id = c.account_id AND i.customer_id = c.id AND i.state <> 'closed')
        ON CONFLICT (account_id, customer_id) WHERE state <> 'closed' DO NOTHING
        RETURNING id
        """
    }

    fileprivate static func lockChats(
        of keys: [InboxRow.ChatKey], messages: [MessageID], files: [FileID], externals: [ExternalReference]
    ) -> PostgresQuery {
        """
        WITH wanted AS MATERIALIZED (
            SELECT i.id FROM unnest(\(keys.map(\.account.value)), \(keys.map(\.chat))) AS k (account_id, chat)
            JOIN customer c ON c.account_id = k.account_id AND c.external_id = k.chat
            JOIN interaction i ON i.account_id = c.account_id AND i.customer_id = c.id AND i.state <> 'closed'
            UNION
            SELECT m.interaction_id FROM message m WHERE m.id = ANY(\(messages.map(\.value)))
            UNION
            SELECT m.interaction_id FROM message m WHERE m.file_id = ANY(\(files.map(\.value)))
            UNION
            SELECT m.interaction_id
            FROM unnest(\(externals.map(\.key.account.value)), \(externals.map(\.key.chat)), \(externals.map(\.external)))
                AS e (account_id, chat, external_id)
            JOIN customer c ON c.account_id = e.account_id AND c.external_id = e.chat
            JOIN message m ON m.customer_id = c.id AND m.external_id = e.external_id
        )
        SELECT \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables)
        WHERE i.id IN (SELECT id FROM wanted) ORDER BY i.id FOR UPDATE OF i
        """
    }

    fileprivate static func messages(
        ids: [MessageID], files: [FileID], externals: [ExternalReference]
    ) -> PostgresQuery {
        """
        WITH found AS MATERIALIZED (
            SELECT m.* FROM message m WHERE m.id = ANY(\(ids.map(\.value)))
            UNION ALL
            SELECT m.* FROM message m WHERE m.file_id = ANY(\(files.map(\.value)))
            UNION ALL
            SELECT m.*
            FROM unnest(\(externals.map(\.key.account.value)), \(externals.map(\.key.chat)), \(externals.map(\.external)))
                AS e (account_id, chat, external_id)
            JOIN customer c ON c.account_id = e.account_id AND c.external_id = e.chat
            JOIN message m ON m.customer_id = c.id AND m.external_id = e.external_id
        )
        SELECT m.customer_id, m.external_id, m.file_id, f.source_key, \(unescaped: Message.columns)
        FROM found m LEFT JOIN file f ON f.id = m.file_id
        """
    }
}
