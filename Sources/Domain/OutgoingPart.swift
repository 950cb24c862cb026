/// One part to be sent: all that a connector needs for one request to its messenger.
package struct OutgoingPart: Sendable, Equatable {
    package var message: MessageID
    /// Counted from 1.
    package var number: Int
    /// The customer's external id.
    package var chat: String
    package var content: Content
    package var keyboard: Keyboard?
    /// External id of the message of the same chat that this one answers.
    package var replyTo: String?
    package var lane: Lane

    package init(
        message: MessageID, number: Int, chat: String, content: Content, keyboard: Keyboard? = nil,
        replyTo: String? = nil, lane: Lane
    ) {
        self.message = message
        self.number = number
        self.chat = chat
        self.content = content
        self.keyboard = keyboard
        self.replyTo = replyTo
        self.lane = lane
    }
}

/// What came of one attempt. The connector says what the messenger answered; the kit decides what follows (rule 4).
package enum SendOutcome: Sendable, Equatable {
    /// Taken; the messenger's id of it.
    case sent(externalID: String)
    /// Certainly not taken, over the rate: wait, then repeat.
    case throttled(retryAfter: Duration)
    /// Certainly not taken, and never will be.
    case refused(Reason, blocked: Bool)
    /// Certainly not taken for a passing reason: repeat with back-off.
    case notTaken(Reason)
    /// Nobody knows whether it was taken: connection dropped after the request went out, unreadable answer, 5xx.
    case ambiguous(Reason)
    /// Certainly not taken because the account itself is out of order (token revoked): nothing more goes out until that
    /// is mended.
    case accountRefused(Reason)
    /// Certainly not taken: the chat has a new id at the messenger; repeat there.
    case moved(chat: String)
}
