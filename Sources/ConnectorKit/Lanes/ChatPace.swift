/// The rate within each chat: evenly `rate` per second, and `burst` at once after silence (Telegram: 1 and 3).
///
/// A bucket for each chat that was written to lately; a chat whose bucket is full again is forgotten.
package struct ChatPace<Chat: Hashable & Sendable>: Sendable {
    /// Starts per second and chat; 0 is no limit.
    package let rate: Int
    package let burst: Int
    private let interval: Duration
    /// When each bucket will be full.
    private var full = ExpiringTimes<Chat>()

    package init(rate: Int, burst: Int = 1) {
        self.rate = max(0, rate)
        self.burst = max(1, burst)
        interval = Pace.interval(rate: self.rate)
    }

    /// Chats whose bucket is not known to be full.
    var remembered: Int { full.count }

    /// The earliest moment from `now` on at which a start in `chat` is allowed.
    package func nextAllowed(_ chat: Chat, _ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        guard let full = full.after(now, chat) else { return now }
        return max(now, full - interval * (burst - 1))
    }

    /// Starts one if that is allowed now.
    package mutating func admit(_ chat: Chat, _ now: ContinuousClock.Instant) -> Bool {
        guard rate > 0 else { return true }
        guard nextAllowed(chat, now) <= now else { return false }
        charge(chat, now, count: 1)
        return true
    }

    /// Counts a start that happens now, allowed or not.
    mutating func charge(_ chat: Chat, _ now: ContinuousClock.Instant, count: Int) {
        guard rate > 0 else { return }
        full.set(chat, (full.after(now, chat) ?? now) + interval * count, now: now)
    }
}
