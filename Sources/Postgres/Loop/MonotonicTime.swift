import Glibc

/// A moment of the clock that `poll` counts by.
struct MonotonicTime: Sendable, Comparable {
    var nanoseconds: UInt64

    static var now: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    static func + (time: Self, duration: Duration) -> Self {
        MonotonicTime(nanoseconds: time.nanoseconds &+ duration.nanoseconds)
    }

    /// Zero once `self` has passed.
    func untilReached(from now: MonotonicTime = .now) -> Duration {
        self <= now ? .zero : .nanoseconds(Int64(clamping: nanoseconds - now.nanoseconds))
    }

    /// For `poll`: rounded up, so that a wait never ends before its deadline; at most an hour.
    func milliseconds(from now: MonotonicTime) -> Int32 {
        if self <= now { return 0 }
        return Int32(min((nanoseconds - now.nanoseconds + 999_999) / 1_000_000, 3_600_000))
    }
}

extension Duration {
    fileprivate var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        if seconds < 0 { return 0 }
        // A century is forever, and cannot overflow.
        if seconds > 3_153_600_000 { return 3_153_600_000 * 1_000_000_000 }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }

    /// For messages: "4.5 s".
    var secondsText: String {
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "\(seconds) s" }
        let digits = String(milliseconds)
        var fraction = String(repeating: "0", count: 3 - digits.count) + digits
        while fraction.last == "0" { fraction.removeLast() }
        return "\(seconds).\(fraction) s"
    }
}
