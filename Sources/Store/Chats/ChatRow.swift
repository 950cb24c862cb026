import Domain
import Postgres

/// An interaction's row with its customer and account, as the transactions that write to a chat hold it locked.
struct ChatRow: Sendable {
    var account: AccountReference
    var interaction: Interaction
    var readSeq: Int64
    var lastAgent: String?

    /// The agent whom an event of this chat concerns: of a closed chat its last one.
    var eventAgent: String? { interaction.state == .closed ? interaction.agent ?? lastAgent : interaction.agent }

    /// The columns that `init(row:)` reads, of `interaction i`, `customer c` and `account a`.
    static let columns = """
        i.id, i.state, i.agent, i.last_agent, i.version, i.last_seq, i.read_seq, i.first_customer_at, i.last_customer_at,
        i.window_expires_at, i.created_at, i.closed_at,
        a.id, a.name, a.kind, a.settings, a.enabled,
        c.id, c.external_id, c.name, c.username, c.phone, c.avatar, c.language, c.blocked, c.note, c.attributes
        """

    static let tables = "interaction i JOIN customer c ON c.id = i.customer_id JOIN account a ON a.id = i.account_id"

    init(_ row: PostgresRow) throws(PostgresError) {
        var columns = Columns(row)
        try self.init(&columns)
    }

    init(_ columns: inout Columns) throws(PostgresError) {
        let id: InteractionID = try columns.next()
        let state: InteractionState = try columns.next()
        let agent: String? = try columns.next()
        let lastAgent: String? = try columns.next()
        let version: Int64 = try columns.next()
        let lastSeq: Int64 = try columns.next()
        let readSeq: Int64 = try columns.next()
        let firstCustomerAt: Timestamp? = try columns.next()
        let lastCustomerAt: Timestamp? = try columns.next()
        let windowExpiresAt: Timestamp? = try columns.next()
        let createdAt: Timestamp = try columns.next()
        let closedAt: Timestamp? = try columns.next()
        let account = AccountReference(
            id: try columns.next(), name: try columns.next(), kind: try columns.next(),
            settings: StringMap.read(try columns.next()), enabled: try columns.next())
        self.init(
            account: account,
            interaction: Interaction(
                id: id, account: account.name, channel: account.kind.channel, provider: account.kind.provider,
                state: state, agent: agent, version: version, customer: try Customer(&columns), lastSeq: lastSeq,
                firstCustomerAt: firstCustomerAt, lastCustomerAt: lastCustomerAt, windowExpiresAt: windowExpiresAt,
                createdAt: createdAt, closedAt: closedAt),
            readSeq: readSeq, lastAgent: lastAgent)
    }

    init(account: AccountReference, interaction: Interaction, readSeq: Int64, lastAgent: String?) {
        self.account = account
        self.interaction = interaction
        self.readSeq = readSeq
        self.lastAgent = lastAgent
    }
}

extension Customer {
    /// The columns that `init(_:)` reads, of `customer c`.
    static let columns = """
        c.id, c.external_id, c.name, c.username, c.phone, c.avatar, c.language, c.blocked, c.note, c.attributes
        """

    init(_ columns: inout Columns) throws(PostgresError) {
        self.init(
            id: try columns.next(), externalID: try columns.next(), name: try columns.next(),
            username: try columns.next(), phone: try columns.next(),
            avatar: try columns.next(), language: try columns.next(),
            blocked: try columns.next(), note: try columns.next(),
            attributes: StringMap.attributes(try columns.next()))
    }
}
