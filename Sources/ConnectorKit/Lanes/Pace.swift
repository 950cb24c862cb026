import DequeModule

/// One rate of starts per second, spread evenly (cli.md, `rate`).
///
/// However late or early each start is noticed, a receiver sees no more than `rate` of them in any second and no more than
/// max(1, ⌈rate/10⌉) in any tenth of a second, as long as its notice varies by less than `reserve`. The price is a sustained
/// rate of 98.1 % (of 99.8 % where `rate` is no multiple of ten). A pure value: time is given by the caller.
package struct Pace: Sendable {
    /// By how much the way to the receiver may differ from one start to the next.
    static let reserve = Duration.microseconds(1400)
    /// By how much the evenly spread starts keep a window more than they must: without it a late start would make all later
    /// ones as late.
    static let slack = Duration.microseconds(500)
    /// How much of a late start is caught up with, so that a timer's lateness does not add up; also how large a group may be
    /// at rates whose interval is shorter than timers are exact.
    static let catchUp = Duration.milliseconds(5)

    /// Starts per second; 0 is no limit.
    package let rate: Int
    /// Starts allowed in any tenth of a second.
    let perTenth: Int
    let interval: Duration
    /// The starts of the last second, oldest first.
    private var starts: Deque<ContinuousClock.Instant> = []
    /// When the next start is due if all are evenly spread.
    private var due: ContinuousClock.Instant?
    private var catchUp = Self.catchUp

    package init(rate: Int) {
        self.rate = max(0, rate)
        perTenth = max(1, (self.rate + 9) / 10)
        interval = Self.interval(rate: self.rate)
    }

    /// The distance at which starts keep both windows.
    static func interval(rate: Int) -> Duration {
        guard rate > 0 else { return .zero }
        let tenth = max(1, (rate + 9) / 10)
        return max((.seconds(1) + reserve + slack) / rate, (.milliseconds(100) + reserve + slack) / tenth)
    }

    /// For who chooses now what starts later: the next starts of this pace, each seen so long before its moment, after
    /// `count` that are chosen and have not started. It holds no windows: the starts themselves keep those.
    package func seenAhead(_ lead: Duration, chosen count: Int, _ now: ContinuousClock.Instant) -> Pace {
        var pace = Pace(rate: rate)
        pace.catchUp += lead
        if due != nil || count > 0 { pace.due = max(due ?? now, now - catchUp) + interval * count - lead }
        return pace
    }

    /// The earliest moment from `now` on at which a start is allowed, one that counts as `count` of them.
    package func nextAllowed(_ now: ContinuousClock.Instant, count: Int = 1) -> ContinuousClock.Instant {
        guard rate > 0 else { return now }
        var next = now
        if let due { next = max(next, due) }
        if let start = start(back: perTenth) { next = max(next, start + .milliseconds(100) + Self.reserve) }
        if let start = start(back: max(1, rate - count + 1)) { next = max(next, start + .seconds(1) + Self.reserve) }
        return next
    }

    /// Starts one if that is allowed now.
    package mutating func admit(_ now: ContinuousClock.Instant, count: Int = 1) -> Bool {
        guard rate > 0 else { return true }
        guard nextAllowed(now, count: count) <= now else { return false }
        charge(now, count: count)
        return true
    }

    /// Counts a start that happens now, allowed or not.
    mutating func charge(_ now: ContinuousClock.Instant, count: Int) {
        guard rate > 0 else { return }
        let planned = due.flatMap { now <= $0 + catchUp ? $0 : nil } ?? now
        due = planned + interval * count
        for _ in 0..<min(count, rate) { starts.append(now) }
        if starts.count > rate { starts.removeFirst(starts.count - rate) }
    }

    private func start(back count: Int) -> ContinuousClock.Instant? {
        starts.count < count ? nil : starts[starts.count - count]
    }
}
