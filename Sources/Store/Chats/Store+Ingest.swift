import AgentProtocol
import Domain
import Postgres

/// What a ChatServer took from the inbox in one transaction.
package struct IngestReport: Sendable {
    /// Rows taken or set aside.
    package var rows: Int
    /// The greatest id among them.
    package var last: Int64
    /// How many shards of chats they came from.
    package var shards: Int
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

    /// Whether another look at the inbox may find something at once. Where only few shards wait, all of them are taken.
    package func mayHaveLeft(atLimit limit: Int) -> Bool { rows >= limit || shards >= 4 || awakened > 0 }
}

extension Store {
    /// Takes up to `limit` rows of the inbox, oldest first within each chat, and writes history, chats and event log, in one
    /// transaction. Nil: there was nothing to take.
    ///
    /// - Parameter after: rows up to this id are not looked for: what was taken long ago leaves index entries behind, which
    ///   stay until a vacuum. 0 looks for all.
    package func ingest(limit: Int, after: Int64 = 0) async throws(EralinkError) -> IngestReport? {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                // One by one they are taken as `setAsideFirst` takes them: from all shards, so that both mean the same row.
                let source: PostgresQuery =
                    limit == 1 ? "take_inbox(1)" : "take_inbox(\(Int32(limit)), \(after))"
                let taken = try await tx.query("SELECT \(unescaped: InboxRow.columns) FROM \(source)")
                let rows = try taken.map { row in try InboxRow(row) }
                guard let last = rows.last else { return nil }
                var plan = try await loadPlan(for: rows, in: tx)
                try await loadEarlier(for: rows, into: &plan, in: tx)
                for row in rows { plan.take(row) }
                let writes = plan.writes()
                let results = try await tx.commit(after: writes.queries)
                return IngestReport(
                    rows: rows.count, last: last.id,
                    shards: Set(rows.map { ChatShard.of($0.key.account, $0.key.chat) }).count,
                    awakened: writes.awakened.map { results[$0].affected } ?? 0,
                    events: try writes.events.map { try plan.events.records(from: results[$0]) } ?? [],
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

    /// One round trip: what is touched is locked (customers, then interactions, then messages, each by id) and read. A second
    /// one for customers and chats that are new.
    private func loadPlan(for rows: [InboxRow], in tx: PostgresTransaction) async throws -> IngestPlan {
        let touched = Set(rows.filter { !$0.tellsOnlyOfMessages }.map(\.key)).sorted()
        let quiet = Set(rows.map(\.key)).subtracting(touched).sorted()
        let writers = Set(rows.filter { $0.event == .message }.map(\.key)).sorted()
        let named = NamedMessages(rows)
        var reads: [PostgresQuery] = [.messageIDs]
        if !touched.isEmpty { reads += [.lockCustomers(touched), .lockChats(of: touched)] }
        if !quiet.isEmpty { reads.append(.readCustomers(quiet)) }
        if !named.isEmpty { reads += [.shareChats(of: named), .lockMessages(named)] }
        var results = try await tx.batch(reads)[...]
        let (now, first) = try results.removeFirst()[0].decode(Timestamp.self, MessageID.self)
        var known = IngestKnowledge()
        if !touched.isEmpty {
            try known.note(customers: results.removeFirst())
            try known.note(chats: results.removeFirst())
        }
        if !quiet.isEmpty { try known.note(customers: results.removeFirst()) }
        if !named.isEmpty {
            try known.note(chats: results.removeFirst())
            try known.note(messages: results.removeFirst())
        }
        // A chat that was open may have been closed while we waited for its lock: its customer gets another one, too. Nobody
        // can make or close that one meanwhile, since we hold the customer.
        let strangers = (touched + quiet).filter { known.customers[$0] == nil }
        let without = writers.filter { !known.hasOpenChat($0) }
        if !strangers.isEmpty || !without.isEmpty {
            let made = try await tx.batch([
                .makeCustomers(strangers), .lockCustomers(strangers), .makeInteractions(without),
                .lockChats(of: without),
            ])
            try known.note(customers: made[1], born: made[0])
            try known.note(chats: made[3], born: made[2])
        }
        return IngestPlan(
            now: now, customers: known.customers, chats: known.chats, openChats: known.openChats,
            messages: known.messages, byExternal: known.byExternal,
            freshIDs: first.block(of: rows.count))
    }
}

/// What the rows of a batch say of messages that are there already.
struct NamedMessages: Sendable {
    var ids: [MessageID] = []
    var files: [FileID] = []
    var externals: [ExternalReference] = []

    init(_ rows: [InboxRow]) {
        var externals = Set<ExternalReference>()
        for row in rows {
            if let reply = row.replyExternal { externals.insert(.init(key: row.key, external: reply)) }
            if let pressed = row.pressed { externals.insert(.init(key: row.key, external: pressed)) }
            let isAboutKnown =
                switch row.event {
                case .edit, .reaction: true
                case .status, .statusUpTo: row.message == nil
                case .message, .blocked, .profile, .file: false
                }
            if isAboutKnown, let external = row.externalID {
                externals.insert(.init(key: row.key, external: external))
            }
            if let message = row.message { ids.append(message) }
            if row.event == .file, let file = row.file { files.append(file) }
        }
        self.externals = Array(externals)
    }

    var isEmpty: Bool { ids.isEmpty && files.isEmpty && externals.isEmpty }
}

/// What a batch's transaction has read, all of it locked.
private struct IngestKnowledge {
    var customers: [InboxRow.ChatKey: IngestPlan.CustomerState] = [:]
    var chats: [InteractionID: IngestPlan.ChatState] = [:]
    var openChats: [CustomerID: InteractionID] = [:]
    var messages: [MessageID: IngestPlan.MessageState] = [:]
    var byExternal: [IngestPlan.ExternalKey: MessageID] = [:]

    func hasOpenChat(_ key: InboxRow.ChatKey) -> Bool {
        customers[key].map { openChats[$0.customer.id] != nil } ?? false
    }

    mutating func note(customers rows: PostgresResult, born: PostgresResult? = nil) throws {
        let born = Set(try born?.values(CustomerID.self) ?? [])
        for row in rows {
            var columns = Columns(row)
            let key = InboxRow.ChatKey(account: try columns.next(), chat: try columns.next())
            let accountName: String = try columns.next()
            let avatarSource: String? = try columns.next()
            let customer = try Customer(&columns)
            customers[key] = .init(
                account: key.account, accountName: accountName, customer: customer, avatarSource: avatarSource,
                isNew: born.contains(customer.id))
        }
    }

    mutating func note(chats rows: PostgresResult, born: PostgresResult? = nil) throws {
        let born = Set(try born?.values(InteractionID.self) ?? [])
        for row in rows {
            let chat = try ChatRow(row)
            let interaction = chat.interaction
            chats[interaction.id] = .init(row: chat, isNew: born.contains(interaction.id))
            if interaction.state != .closed { openChats[interaction.customer.id] = interaction.id }
        }
    }

    mutating func note(messages rows: PostgresResult) throws {
        for row in rows {
            var columns = Columns(row)
            let customer: CustomerID = try columns.next()
            let external: String? = try columns.next()
            let file: FileID? = try columns.next()
            let fileKey: String? = try columns.next()
            let message = try Message(&columns, readSeq: 0)
            messages[message.id] = .init(message: message, externalID: external, file: file, fileKey: fileKey)
            if let external { byExternal[.init(customer: customer, external: external)] = message.id }
        }
    }
}

/// A message named by the messenger's id of it within a chat.
struct ExternalReference: Hashable, Sendable {
    var key: InboxRow.ChatKey
    var external: String
}

extension PostgresQuery {
    // Each lookup by a key is a subquery of its own, which the planner cannot turn around: a join over keys was, before the
    // tables had statistics, made by account first, at a cost of customers times messages.

    fileprivate static func makeCustomers(_ keys: [InboxRow.ChatKey]) -> PostgresQuery {
        """
        INSERT INTO customer (account_id, external_id)
        SELECT k.account_id, k.chat FROM \(unnested(keys))
        ON CONFLICT (account_id, external_id) DO NOTHING
        RETURNING id
        """
    }

    fileprivate static func lockCustomers(_ keys: [InboxRow.ChatKey]) -> PostgresQuery {
        "\(readCustomers(keys)) ORDER BY c.id FOR NO KEY UPDATE OF c"
    }

    fileprivate static func readCustomers(_ keys: [InboxRow.ChatKey]) -> PostgresQuery {
        """
        SELECT c.account_id, c.external_id, a.name, c.avatar_source, \(unescaped: Customer.columns)
        FROM customer c JOIN account a ON a.id = c.account_id
        WHERE c.id = ANY(ARRAY(SELECT \(customerOfKey) FROM \(unnested(keys))))
        """
    }

    fileprivate static func makeInteractions(_ keys: [InboxRow.ChatKey]) -> PostgresQuery {
        """
        INSERT INTO interaction (account_id, customer_id, state)
        SELECT account_id, customer_id, 'waiting' FROM (
            SELECT k.account_id, \(customerOfKey) AS customer_id FROM \(unnested(keys))) AS k
        WHERE customer_id IS NOT NULL
        ON CONFLICT (account_id, customer_id) WHERE state <> 'closed' DO NOTHING
        RETURNING id
        """
    }

    /// The open chats of these customers, to be written into.
    fileprivate static func lockChats(of keys: [InboxRow.ChatKey]) -> PostgresQuery {
        """
        SELECT \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables)
        WHERE i.id = ANY(ARRAY(
            SELECT (
                SELECT i.id FROM interaction i
                WHERE i.account_id = k.account_id AND i.customer_id = \(customerOfKey) AND i.state <> 'closed')
            FROM \(unnested(keys))))
        ORDER BY i.id FOR NO KEY UPDATE OF i
        """
    }

    /// The chats of messages of which only something is told. Whoever changes a chat's agent or its messages (FOR UPDATE) waits
    /// for that; whoever writes into the chat (FOR NO KEY UPDATE) does not, nor is he waited for.
    fileprivate static func shareChats(of named: NamedMessages) -> PostgresQuery {
        """
        SELECT \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables)
        WHERE i.id = ANY(ARRAY(SELECT m.interaction_id FROM message m WHERE m.id = ANY(\(ids(of: named)))))
        ORDER BY i.id FOR KEY SHARE OF i
        """
    }

    fileprivate static func lockMessages(_ named: NamedMessages) -> PostgresQuery {
        """
        SELECT m.customer_id, m.external_id, m.file_id, (SELECT f.source_key FROM file f WHERE f.id = m.file_id),
            \(unescaped: Message.columns)
        FROM message m WHERE m.id = ANY(\(ids(of: named))) ORDER BY m.id FOR NO KEY UPDATE OF m
        """
    }

    /// The ids of the messages that are named, as an array.
    private static func ids(of named: NamedMessages) -> PostgresQuery {
        var ids: PostgresQuery = "\(named.ids.map(\.value))"
        if !named.files.isEmpty {
            ids.append(" || ARRAY(SELECT m.id FROM message m WHERE m.file_id = ANY(\(named.files.map(\.value))))")
        }
        if !named.externals.isEmpty {
            ids.append(
                """
                 || ARRAY(
                    SELECT m.id FROM (
                        SELECT \(customerOfKey) AS customer_id, k.external_id
                        FROM unnest(
                            \(named.externals.map(\.key.account.value)), \(named.externals.map(\.key.chat)),
                            \(named.externals.map(\.external))
                        ) AS k (account_id, chat, external_id)
                    ) AS e
                    CROSS JOIN LATERAL (
                        SELECT m.id FROM message m WHERE m.customer_id = e.customer_id AND m.external_id = e.external_id
                        OFFSET 0) AS m)
                """)
        }
        return ids
    }

    private static func unnested(_ keys: [InboxRow.ChatKey]) -> PostgresQuery {
        "unnest(\(keys.map(\.account.value)), \(keys.map(\.chat))) AS k (account_id, chat)"
    }

    private static var customerOfKey: PostgresQuery {
        "(SELECT c.id FROM customer c WHERE c.account_id = k.account_id AND c.external_id = k.chat)"
    }
}
