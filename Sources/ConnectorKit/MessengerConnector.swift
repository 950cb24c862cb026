import Domain
import JSON

/// What a messenger's own target provides; everything else (lease, lanes, retries, inbox, files, webhooks, redaction,
/// metrics) it gets from the kit.
///
/// Only the holder of the account's lease calls it, but for `WebhookReceiver`, which answers at both members of a pair.
/// What a messenger has no such thing for is left to the answers below.
package protocol MessengerConnector: Sendable {
    /// Makes sure of the account at the messenger before anything is polled or sent: who are we, is the way of receiving
    /// the one we want (a webhook is set here, after the kit's listener is up). Called again after each take-over.
    func open() async throws(ConnectorFailure) -> MessengerIdentity

    /// Asks the messenger who the account is and changes nothing there: `eralink account check`.
    func check() async throws(ConnectorFailure) -> MessengerIdentity

    /// Waits for the next batch, beginning at `position` (nil: from the messenger's oldest). Returns after the messenger's own
    /// long-poll time with an empty batch when nothing came. The kit stores the batch before it calls again.
    ///
    /// Where the messenger pushes (`WebhookReceiver`), it waits about a minute instead and makes sure that the webhook is still
    /// the one that `open` set; `conflict` where somebody else has set another.
    func poll(from position: Int64?) async throws(ConnectorFailure) -> PollBatch

    /// Makes one attempt. Never throws: every end is an outcome. Cancellation ends the request and gives `ambiguous`, or
    /// `notTaken` where nothing went out.
    func send(_ part: OutgoingPart) async -> SendReport

    /// How many parts of one `group` go out in one request; 1: there are no albums.
    var albumLimit: Int { get }

    /// Whether these may stand in one album: same group and chat, at least two, at most `albumLimit`.
    func canSendTogether(_ parts: [OutgoingPart]) -> Bool

    /// Makes one attempt at an album; one report a part, in their order.
    func sendAlbum(_ parts: [OutgoingPart]) async -> [SendReport]

    /// Does something that sends no message (`OutgoingAction`). It gives up within 20 seconds: soon after, another holder may
    /// repeat it.
    func perform(_ action: OutgoingAction) async -> ActionReport

    /// Fetches the file that an update named by `source`, writing its bytes into `sink` as they come.
    func download(_ source: String, into sink: any FileSink) async -> DownloadOutcome

    /// What the customer's picture is fetched by, now; nil where there is none to be seen. The kit asks at most once a day for
    /// a customer, and not at all where `CustomerProfile.avatarSource` comes with the messages.
    func avatarSource(of chat: String) async throws(ConnectorFailure) -> String?

    /// Shows the customer that an agent types; failures are of no consequence.
    func showTyping(in chat: String) async
}

extension MessengerConnector {
    package func check() async throws(ConnectorFailure) -> MessengerIdentity { try await open() }

    package var albumLimit: Int { 1 }

    package func canSendTogether(_ parts: [OutgoingPart]) -> Bool { false }

    package func sendAlbum(_ parts: [OutgoingPart]) async -> [SendReport] {
        var reports: [SendReport] = []
        for part in parts { reports.append(await send(part)) }
        return reports
    }

    package func perform(_ action: OutgoingAction) async -> ActionReport {
        ActionReport(
            outcome: .refused(Reason(code: "unsupported", text: "the messenger has no such thing")), request: "",
            response: nil)
    }

    package func download(_ source: String, into sink: any FileSink) async -> DownloadOutcome {
        .gone(Reason(code: "unsupported", text: "the messenger has no files"))
    }

    package func avatarSource(of chat: String) async throws(ConnectorFailure) -> String? { nil }

    package func showTyping(in chat: String) async {}
}

/// Who the account is at the messenger.
package struct MessengerIdentity: Sendable, Equatable {
    package var externalID: String
    package var name: String
    /// What else the messenger says of the account, for a person who checks it: no secrets.
    package var facts: [String: String]

    package init(externalID: String, name: String, facts: [String: String] = [:]) {
        self.externalID = externalID
        self.name = name
        self.facts = facts
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

/// An action's outcome with the exchange behind it, secrets redacted.
package struct ActionReport: Sendable, Equatable {
    package var outcome: ActionOutcome
    package var request: String
    package var response: String?

    package init(outcome: ActionOutcome, request: String, response: String?) {
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
