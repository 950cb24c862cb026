/// How many messages one scope (a chat, a group, a bot) may get, and whether it is held after a 429.
struct SendGate {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var updated: Double
    private var heldSince = 0.0
    private var heldUntil = 0.0

    /// A rate, and a burst, that nobody exceeds.
    static let unlimited = 1e9

    /// - Parameter burst: how many may come at once after a rest.
    init(perSecond: Double, burst: Double, now: Double) {
        self.perSecond = perSecond
        self.burst = burst
        tokens = burst
        updated = now
    }

    enum Verdict: Equatable {
        case open
        /// Whole seconds to wait. `isEarly`: the caller had been told before, and long enough ago to have heeded it.
        case refused(retryAfter: Int, isEarly: Bool)
    }

    /// Calls that were under way when a 429 was answered are no disobedience.
    static let grace = 0.25

    mutating func verdict(now: Double) -> Verdict {
        if now < heldUntil {
            return .refused(
                retryAfter: max(1, Int((heldUntil - now).rounded(.up))), isEarly: now > heldSince + Self.grace)
        }
        tokens = min(burst, tokens + max(0, now - updated) * perSecond)
        updated = now
        if tokens >= 1 { return .open }
        let retryAfter = max(1, Int(((1 - tokens) / perSecond).rounded(.up)))
        hold(seconds: Double(retryAfter), now: now)
        return .refused(retryAfter: retryAfter, isEarly: false)
    }

    /// Takes what `verdict` said was there.
    mutating func take() { tokens -= 1 }

    mutating func hold(seconds: Double, now: Double) {
        heldSince = now
        heldUntil = max(heldUntil, now + seconds)
    }
}
