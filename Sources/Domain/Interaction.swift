package enum InteractionState: String, Sendable, CaseIterable {
    case waiting, active, closed
}

/// One conversation of a customer over an account: waiting → active → closed, at most one open per account and customer.
package struct Interaction: Sendable, Equatable {
    package var id: InteractionID
    package var account: String
    package var channel: Channel
    package var provider: Provider
    package var state: InteractionState
    package var agent: String?
    /// Raised by state, agent and customer changes, not by messages.
    package var version: Int64
    package var customer: Customer
    package var lastSeq: Int64
    package var firstCustomerAt: Timestamp?
    package var lastCustomerAt: Timestamp?
    package var windowExpiresAt: Timestamp?
    package var createdAt: Timestamp
    package var closedAt: Timestamp?

    package init(
        id: InteractionID, account: String, channel: Channel, provider: Provider, state: InteractionState,
        agent: String?, version: Int64, customer: Customer, lastSeq: Int64, firstCustomerAt: Timestamp? = nil,
        lastCustomerAt: Timestamp? = nil, windowExpiresAt: Timestamp? = nil, createdAt: Timestamp,
        closedAt: Timestamp? = nil
    ) {
        self.id = id
        self.account = account
        self.channel = channel
        self.provider = provider
        self.state = state
        self.agent = agent
        self.version = version
        self.customer = customer
        self.lastSeq = lastSeq
        self.firstCustomerAt = firstCustomerAt
        self.lastCustomerAt = lastCustomerAt
        self.windowExpiresAt = windowExpiresAt
        self.createdAt = createdAt
        self.closedAt = closedAt
    }
}

/// A person at a messenger, as one account sees them.
package struct Customer: Sendable, Equatable {
    package var id: CustomerID
    package var externalID: String
    package var name: String?
    package var username: String?
    /// E.164 with `+`; set only by the customer's own contact.
    package var phone: String?
    /// A file id.
    package var avatar: FileID?
    package var language: String?
    package var blocked: Bool
    package var note: String?
    package var attributes: [Attribute]

    package struct Attribute: Sendable, Equatable {
        package var name: String
        package var value: String
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        id: CustomerID, externalID: String, name: String? = nil, username: String? = nil, phone: String? = nil,
        avatar: FileID? = nil, language: String? = nil, blocked: Bool = false, note: String? = nil,
        attributes: [Attribute] = []
    ) {
        self.id = id
        self.externalID = externalID
        self.name = name
        self.username = username
        self.phone = phone
        self.avatar = avatar
        self.language = language
        self.blocked = blocked
        self.note = note
        self.attributes = attributes
    }
}
