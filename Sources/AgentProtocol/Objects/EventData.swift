import Domain
import JSON

/// The data of `message.status`.
package struct MessageStatus: Sendable, Equatable, JSONWritable {
    package var message: MessageID
    package var seq: Int64
    package var state: DeliveryState
    package var reason: Reason?
    package var parts: [MessagePart]

    package init(message: MessageID, seq: Int64, state: DeliveryState, reason: Reason? = nil, parts: [MessagePart]) {
        self.message = message
        self.seq = seq
        self.state = state
        self.reason = reason
        self.parts = parts
    }

    package init(_ message: Message) {
        self.init(
            message: message.id, seq: message.seq, state: message.state, reason: message.reason, parts: message.parts)
    }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("message", message)
            $0.member("seq", seq)
            $0.member("state", state)
            $0.optional("reason", reason)
            $0.member("parts", parts)
        }
    }
}

/// The data of `message.deleted`.
package struct MessageDeleted: Sendable, Equatable, JSONWritable {
    package var message: MessageID
    package var seq: Int64
    package var deletedAt: Timestamp

    package init(message: MessageID, seq: Int64, deletedAt: Timestamp) {
        self.message = message
        self.seq = seq
        self.deletedAt = deletedAt
    }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("message", message)
            $0.member("seq", seq)
            $0.member("deleted_at", deletedAt)
        }
    }
}

/// The data of `message.reaction`: the full set as it is now.
package struct MessageReaction: Sendable, Equatable, JSONWritable {
    package var message: MessageID
    package var seq: Int64
    package var emojis: [String]
    package var customer: CustomerID

    package init(message: MessageID, seq: Int64, emojis: [String], customer: CustomerID) {
        self.message = message
        self.seq = seq
        self.emojis = emojis
        self.customer = customer
    }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("message", message)
            $0.member("seq", seq)
            $0.member("emojis", emojis)
            $0.member("customer", customer)
        }
    }
}

/// The data of `callback.received`.
package struct CallbackReceived: Sendable, Equatable, JSONWritable {
    package var callback: String
    package var data: String
    package var message: MessageID?
    package var customer: CustomerID

    package init(callback: String, data: String, message: MessageID?, customer: CustomerID) {
        self.callback = callback
        self.data = data
        self.message = message
        self.customer = customer
    }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("callback", callback)
            $0.member("data", data)
            $0.optional("message", message)
            $0.member("customer", customer)
        }
    }
}

/// The data of `account.updated`.
package struct AccountUpdate: Sendable, Equatable, JSONWritable {
    package var account: String
    package var state: String
    package var pausedUntil: Timestamp?
    package var reason: String?

    package init(account: String, state: String, pausedUntil: Timestamp? = nil, reason: String? = nil) {
        self.account = account
        self.state = state
        self.pausedUntil = pausedUntil
        self.reason = reason
    }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("account", account)
            $0.member("state", state)
            $0.optional("paused_until", pausedUntil)
            $0.optional("reason", reason)
        }
    }
}

/// An agent's presence: an element of `agents.list`, and the data of the event `presence`.
package struct AgentPresence: Sendable, Equatable, JSONWritable {
    package var agent: String
    package var state: PresenceState
    package var reason: String?

    package init(agent: String, state: PresenceState, reason: String? = nil) {
        self.agent = agent
        self.state = state
        self.reason = reason
    }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("agent", agent)
            $0.member("state", state)
            $0.optional("reason", reason)
        }
    }
}
