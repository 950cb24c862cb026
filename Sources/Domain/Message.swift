package enum Direction: String, Sendable, CaseIterable {
    case incoming = "in"
    case outgoing = "out"
    case system
}

/// One message of the messenger: a text cut into pieces has several parts.
package struct MessagePart: Sendable, Equatable {
    /// Counted from 1.
    package var number: Int
    package var externalID: String?
    package var state: DeliveryState
    package var at: Timestamp
    package var attempts: Int
    package var reason: Reason?

    package init(
        number: Int, externalID: String? = nil, state: DeliveryState, at: Timestamp, attempts: Int = 0,
        reason: Reason? = nil
    ) {
        self.number = number
        self.externalID = externalID
        self.state = state
        self.at = at
        self.attempts = attempts
        self.reason = reason
    }
}

/// Why a part has the state that it has: a code for programs and a sentence for the agent.
package struct Reason: Sendable, Equatable {
    package var code: String
    package var text: String

    package init(code: String, text: String) {
        self.code = code
        self.text = text
    }
}

/// What a message answers.
package struct ReplyReference: Sendable, Equatable {
    package var id: MessageID?
    package var externalID: String?
    /// The beginning of the answered message, for people.
    package var preview: String

    package init(id: MessageID?, externalID: String?, preview: String) {
        self.id = id
        self.externalID = externalID
        self.preview = preview
    }
}

/// Where a forwarded message came from.
package struct ForwardOrigin: Sendable, Equatable {
    package var name: String?
    package var externalID: String?
    package var at: Timestamp?

    package init(name: String?, externalID: String?, at: Timestamp?) {
        self.name = name
        self.externalID = externalID
        self.at = at
    }
}

/// A message as the history table holds it. `content` is the JSON of the kind's object, made once by whoever first had it
/// and spliced as bytes from then on.
package struct Message: Sendable, Equatable {
    package var id: MessageID
    package var interaction: InteractionID
    package var seq: Int64
    package var msgID: String?
    package var direction: Direction
    package var agent: String?
    package var kind: MessageKind
    package var content: [UInt8]
    package var replyTo: ReplyReference?
    package var forwardedFrom: ForwardOrigin?
    package var group: String?
    /// The JSON of the keyboard, as bytes.
    package var keyboard: [UInt8]?
    package var startPayload: String?
    package var at: Timestamp
    package var providerAt: Timestamp?
    package var editedAt: Timestamp?
    package var deletedAt: Timestamp?
    package var state: DeliveryState
    package var reason: Reason?
    package var parts: [MessagePart]

    package init(
        id: MessageID, interaction: InteractionID, seq: Int64, direction: Direction, kind: MessageKind,
        content: [UInt8],
        at: Timestamp, state: DeliveryState, parts: [MessagePart]
    ) {
        self.id = id
        self.interaction = interaction
        self.seq = seq
        self.direction = direction
        self.kind = kind
        self.content = content
        self.at = at
        self.state = state
        self.parts = parts
    }
}
