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
    /// Parts of one chat with the same group belong together: an album where the channel has such a thing.
    package var group: String?
    /// The message that this one forwards, where the messenger forwards by itself; `content` is what it says all the same.
    package var forward: ForwardSource?
    package var lane: Lane

    /// A message of the same account, by which the messenger forwards it.
    package struct ForwardSource: Sendable, Equatable {
        package var chat: String
        package var externalID: String

        package init(chat: String, externalID: String) {
            self.chat = chat
            self.externalID = externalID
        }
    }

    package init(
        message: MessageID, number: Int, chat: String, content: Content, keyboard: Keyboard? = nil,
        replyTo: String? = nil, group: String? = nil, forward: ForwardSource? = nil, lane: Lane
    ) {
        self.message = message
        self.number = number
        self.chat = chat
        self.content = content
        self.keyboard = keyboard
        self.replyTo = replyTo
        self.group = group
        self.forward = forward
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
