import AgentProtocol
import Domain
import Postgres

/// What is done at the messenger without sending a message, as its table names it.
enum ActionKind: String, PostgresCodable {
    case edit, delete, answer, read
}

/// An action that the caller has taken, to be performed now.
package struct ClaimedAction: Sendable {
    package var id: Int64
    package var action: OutgoingAction
    /// Counted from 1, this one included.
    package var attempts: Int
    package var startedAt: Timestamp
}

extension ClaimedAction {
    static let columns = """
        id, chat, kind, external_id, content_kind, content, keyboard, callback, answer, alert, attempts, started_at
        """

    init(_ row: PostgresRow) throws {
        var columns = Columns(row)
        id = try columns.next()
        let chat: String = try columns.next()
        let kind: ActionKind = try columns.next()
        let external: String? = try columns.next()
        let contentKind: MessageKind? = try columns.next()
        let content: [UInt8]? = try columns.next()
        let keyboard: [UInt8]? = try columns.next()
        let callback: String? = try columns.next()
        let answer: String? = try columns.next()
        let alert: Bool = try columns.next()
        attempts = try columns.next()
        startedAt = try columns.next()
        let what: OutgoingAction.Kind
        switch (kind, external, contentKind, content, callback) {
        case (.edit, let external?, let contentKind?, let content?, _):
            what = .edit(
                externalID: external, content: try Content(kind: contentKind, bytes: content),
                keyboard: try keyboard.map(Keyboard.init(bytes:)))
        case (.delete, let external?, _, _, _): what = .delete(externalID: external)
        case (.answer, _, _, _, let callback?): what = .answerCallback(id: callback, text: answer, alert: alert)
        case (.read, let external?, _, _, _): what = .markRead(externalID: external)
        default: throw EralinkError(.internal, "action \(id) is incomplete")
        }
        action = OutgoingAction(chat: chat, kind: what)
    }
}

/// What came of an attempt at an action, as it is recorded.
package struct ActionRecord: Sendable {
    package enum Verdict: Sendable, Equatable {
        case done
        case again(after: Duration)
        /// Never will be: what it changed in the history is taken back.
        case refused(Reason)
    }

    package var id: Int64
    /// Which attempt it was, counted from 1, and when it began: by it the outcome of an attempt that another one has followed is
    /// told from the newest one's.
    package var attempt: Int
    package var startedAt: Timestamp
    package var verdict: Verdict
    /// One word for the trail: done, throttled, refused, again, account_refused, not_started.
    package var outcome: String
    package var reason: Reason?
    /// Hold the chat's actions for so long.
    package var hold: Duration?
    package var request: String?
    package var response: String?

    package init(
        of action: ClaimedAction, verdict: Verdict, outcome: String, reason: Reason? = nil, hold: Duration? = nil,
        request: String? = nil, response: String? = nil
    ) {
        id = action.id
        attempt = action.attempts
        startedAt = action.startedAt
        self.verdict = verdict
        self.outcome = outcome
        self.reason = reason
        self.hold = hold
        self.request = request
        self.response = response
    }
}
