import Domain
import JSON

/// What a messenger's own target provides; everything else (lease, lanes, retries, inbox, files, webhooks, redaction,
/// metrics) it gets from the kit.
package protocol MessengerConnector: Sendable {
    /// Makes sure of the account at the messenger before anything is polled or sent: who are we, is the way of receiving
    /// the one we want. Called by the holder of the lease only, again after each take-over.
    func open() async throws(ConnectorFailure) -> MessengerIdentity

    /// Waits for the next batch, beginning at `position` (nil: from the messenger's oldest). Returns after the messenger's own
    /// long-poll time with an empty batch when nothing came. The kit stores the batch before it calls again.
    func poll(from position: Int64?) async throws(ConnectorFailure) -> PollBatch

    /// Makes one attempt. Never throws: every end is an outcome. Cancellation ends the request and gives `ambiguous`, or
    /// `notTaken` where nothing went out.
    func send(_ part: OutgoingPart) async -> SendReport

    /// Shows the customer that an agent types; failures are of no consequence.
    func showTyping(in chat: String) async
}

/// Who the account is at the messenger.
package struct MessengerIdentity: Sendable, Equatable {
    package var externalID: String
    package var name: String

    package init(externalID: String, name: String) {
        self.externalID = externalID
        self.name = name
    }
}

package struct PollBatch: Sendable, Equatable {
    package var items: [Inbound]
    /// Where to poll next; stored in the transaction that stores the items. Nil: unchanged.
    package var position: Int64?
    /// What was confirmed without being stored (groups, channels, kinds that are nobody's), by label, to be counted.
    package var skipped: [String: Int]

    package init(items: [Inbound] = [], position: Int64? = nil, skipped: [String: Int] = [:]) {
        self.items = items
        self.position = position
        self.skipped = skipped
    }
}

/// An attempt's outcome with the exchange behind it, secrets redacted: `eralink trace` prints it.
package struct SendReport: Sendable, Equatable {
    package var outcome: SendOutcome
    /// `POST /sendMessage {"chat_id":…}`: what went out, without the token.
    package var request: String
    /// Status and body of the answer, cut to 4 KiB; nil where there was none.
    package var response: String?

    package init(outcome: SendOutcome, request: String, response: String?) {
        self.outcome = outcome
        self.request = request
        self.response = response
    }
}

/// Why opening or polling failed.
package struct ConnectorFailure: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Passing: try again with back-off.
        case unavailable
        /// Over the messenger's rate: wait this long.
        case throttled(Duration)
        /// The messenger does not accept the account (token revoked or wrong): nothing works until an admin mends it.
        case refused
        /// Somebody else polls, or a webhook took the updates: make sure of the lease, wait, open again.
        case conflict
    }

    package var kind: Kind
    /// One sentence for a person, without secrets.
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
