import AgentProtocol
import Domain
import Postgres

extension EventType {
    /// `interaction.*` and `account.updated` go to every agent who is granted the account (agent-api.md, "Events").
    var isForEveryone: Bool {
        switch self {
        case .interactionCreated, .interactionAccepted, .interactionReleased, .interactionTransferred,
            .interactionClosed, .interactionUpdated, .accountUpdated:
            true
        default: false
        }
    }
}

/// An event before it has a place in the log. Who gets it is settled here, when it is written.
package struct EventDraft: Sendable, Equatable {
    package var type: EventType
    package var account: AccountID
    package var accountName: String
    package var interaction: InteractionID?
    /// The chat's agent of this moment.
    package var agent: String?
    /// The sender of an outgoing message.
    package var sender: String?
    /// The JSON of the event's `data`, spliced into frames as it is.
    package var data: [UInt8]

    package init(
        type: EventType, account: AccountID, accountName: String, interaction: InteractionID?, agent: String?,
        sender: String? = nil, data: [UInt8]
    ) {
        self.type = type
        self.account = account
        self.accountName = accountName
        self.interaction = interaction
        self.agent = agent
        self.sender = sender
        self.data = data
    }
}

/// A committed event of the log.
package struct EventRecord: Sendable, Equatable {
    package var position: Int64
    package var at: Timestamp
    package var type: EventType
    package var accountName: String
    package var interaction: InteractionID?
    package var agent: String?
    package var sender: String?
    package var data: [UInt8]
}

extension EventRecord {
    /// Goes to every agent who is granted the account.
    package var isForEveryone: Bool { type.isForEveryone }

    static let columns = "position, at, type, account, interaction_id, agent, sender, data"

    init(_ row: PostgresRow) throws(PostgresError) {
        var columns = Columns(row)
        self.init(
            position: try columns.next(), at: try columns.next(), type: try columns.next(),
            accountName: try columns.next(), interaction: try columns.next(), agent: try columns.next(),
            sender: try columns.next(), data: try columns.next())
    }
}
