import Domain

extension Lanes {
    /// What a provider's "too many requests" has stopped.
    package enum Throttled: Sendable, Equatable {
        case chat
        /// A second chat was told to wait while a first one still had to: the limit is the account's. To be remembered
        /// across restarts as the account's `paused_until`.
        case account(until: ContinuousClock.Instant)
    }

    /// The provider refused a part in flight until `until` (design.md, rule 6): it waits for another attempt with its whole
    /// chat, and with the account if another chat is being held for the same reason.
    package mutating func throttled(
        _ id: ID, until: ContinuousClock.Instant, now: ContinuousClock.Instant
    ) -> Throttled {
        guard let chat = parts[id]?.chat else { return .chat }
        retry(id, notBefore: until, now: now)
        return throttled(chat: chat, until: until, now: now)
    }

    /// As above for a chat whose part was dealt with already, or whose hold was read back after a restart.
    @discardableResult
    package mutating func throttled(
        chat: Chat, until: ContinuousClock.Instant, now: ContinuousClock.Instant
    ) -> Throttled {
        throttled = throttled.filter { $0.value > now }
        let isSecond = throttled.contains { $0.key != chat }
        throttled[chat] = max(throttled[chat] ?? until, until)
        hold(chat, until: until, now: now)
        guard isSecond else { return .chat }
        pause(until: until)
        return .account(until: until)
    }
}
