import Domain
import Store

/// What follows from an action's outcome. Pure.
enum ActionRules {
    /// - Parameter jitter: 0…1, so that retries of many chats spread.
    static func decide(_ outcome: ActionOutcome, of action: ClaimedAction, jitter: Double) -> ActionRecord {
        switch outcome {
        case .done: ActionRecord(of: action, verdict: .done, outcome: "done")
        case .throttled(let wait):
            ActionRecord(
                of: action, verdict: .again(after: wait), outcome: "throttled",
                reason: Reason(code: "throttled", text: "the messenger asked to wait"), hold: wait)
        case .refused(let reason):
            ActionRecord(of: action, verdict: .refused(reason), outcome: "refused", reason: reason)
        case .again(let reason):
            ActionRecord(
                of: action, verdict: .again(after: OutcomeRules.backoff(action.attempts, jitter)), outcome: "again",
                reason: reason
            )
        case .accountRefused(let reason):
            ActionRecord(
                of: action, verdict: .again(after: OutcomeRules.accountRest), outcome: "account_refused", reason: reason
            )
        }
    }
}

/// When all actions wait, not those of one chat only: a second chat was told to wait within the time of a first one, or the
/// messenger refused the account.
struct ActionHolds {
    private var throttled: [String: ContinuousClock.Instant] = [:]
    private(set) var pausedUntil: ContinuousClock.Instant?

    mutating func note(_ outcome: ActionOutcome, chat: String, now: ContinuousClock.Instant) {
        switch outcome {
        case .throttled(let wait):
            throttled = throttled.filter { $0.value > now }
            let isSecond = throttled.contains { $0.key != chat }
            throttled[chat] = max(throttled[chat] ?? now, now + wait)
            if isSecond { pause(until: now + wait) }
        case .accountRefused: pause(until: now + OutcomeRules.accountRest)
        case .done, .refused, .again: break
        }
    }

    /// The messenger told the account to wait.
    mutating func pause(until moment: ContinuousClock.Instant) {
        pausedUntil = max(pausedUntil ?? moment, moment)
    }
}

extension OutgoingAction.Kind {
    /// For metrics, as the trail names it.
    var label: String {
        switch self {
        case .edit: "edit"
        case .delete: "delete"
        case .answerCallback: "answer"
        case .markRead: "read"
        }
    }
}
