/// Something to be done at the messenger that sends no message: it has the messenger's own allowance, apart from the account's
/// rate (cli.md, "Account settings"), and may be repeated without harm.
package struct OutgoingAction: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Changes a part that was sent: its text, or its caption; with a keyboard, that too (nil leaves it as it is).
        case edit(externalID: String, content: Content, keyboard: Keyboard?)
        case delete(externalID: String)
        /// Ends the waiting of the customer who pressed a button, with a text shown for a moment or until it is dismissed.
        case answerCallback(id: String, text: String?, alert: Bool)
        /// The agent has read up to this message of the customer.
        case markRead(externalID: String)
    }

    /// The customer's external id.
    package var chat: String
    package var kind: Kind

    package init(chat: String, kind: Kind) {
        self.chat = chat
        self.kind = kind
    }
}

/// What came of an action.
package enum ActionOutcome: Sendable, Equatable {
    /// Done, or already so.
    case done
    case throttled(retryAfter: Duration)
    /// Never will be; what it changed in the history is taken back.
    case refused(Reason)
    /// Nobody knows, or not taken for a passing reason: repeat with back-off.
    case again(Reason)
    case accountRefused(Reason)
}
