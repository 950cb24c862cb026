import Domain
import Store

/// What follows from an attempt's outcome (design.md, rule 4). Pure.
enum OutcomeRules {
    struct Decision: Equatable {
        var verdict: AttemptRecord.Verdict
        /// One word for the trail.
        var outcome: String
        var externalID: String?
        var reason: Reason?
        var blocked = false
        /// The messenger told this chat to wait.
        var hold: Duration?
        /// The account itself is out of order: nothing goes out for a while.
        var accountProblem: String?
    }

    /// How long sends rest after the messenger has refused the account.
    static let accountRest = Duration.seconds(30)

    /// - Parameter attempts: made so far, this one included.
    /// - Parameter jitter: 0…1, so that retries of many chats spread.
    static func decide(_ outcome: SendOutcome, policy: ResendPolicy, attempts: Int, jitter: Double) -> Decision {
        switch outcome {
        case .sent(let externalID):
            return Decision(verdict: .settled(.sent), outcome: "sent", externalID: externalID)
        case .throttled(let wait):
            return Decision(
                verdict: .again(after: wait), outcome: "throttled",
                reason: Reason(code: "throttled", text: "the messenger asked to wait"), hold: wait)
        case .refused(let reason, let blocked):
            return Decision(verdict: .settled(.failed), outcome: "refused", reason: reason, blocked: blocked)
        case .notTaken(let reason):
            return Decision(
                verdict: .again(after: backoff(attempts, jitter)), outcome: "not_taken", reason: reason)
        case .ambiguous(let reason):
            guard policy != .hold else {
                return Decision(verdict: .settled(.unknown), outcome: "ambiguous", reason: reason)
            }
            return Decision(
                verdict: .again(after: backoff(attempts, jitter)), outcome: "ambiguous", reason: reason)
        case .accountRefused(let reason):
            return Decision(
                verdict: .again(after: accountRest), outcome: "account_refused", reason: reason,
                accountProblem: reason.text)
        case .moved(let chat):
            return Decision(
                verdict: .settled(.failed), outcome: "moved",
                reason: Reason(code: "chat_moved", text: "the chat has another id at the messenger now: \(chat)"))
        }
    }

    /// 1, 2, 4 … 60 seconds, give or take a quarter.
    static func backoff(_ attempts: Int, _ jitter: Double) -> Duration {
        let seconds = min(60, Double(1 << min(max(attempts - 1, 0), 6)))
        return .milliseconds(Int64(seconds * (0.75 + 0.5 * jitter) * 1000))
    }
}
