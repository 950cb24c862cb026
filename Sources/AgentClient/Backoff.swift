/// How long to wait before the next attempt: doubled each time, with jitter, so that many clients do not come back at once.
package struct Backoff: Sendable {
    package var first: Duration = .milliseconds(250)
    package var longest: Duration = .seconds(30)
    private var attempts = 0

    package init(first: Duration = .milliseconds(250), longest: Duration = .seconds(30)) {
        self.first = first
        self.longest = longest
    }

    /// `random` in 0..<1. A server's own `retry_after_ms` is the least, with up to a quarter more.
    package mutating func next(retryAfterMilliseconds: Int?, random: Double) -> Duration {
        let ceiling = min(longest, first * (1 << min(attempts, 16)))
        attempts += 1
        if let retryAfterMilliseconds {
            return .milliseconds(retryAfterMilliseconds) * (1 + random / 4)
        }
        return ceiling / 2 + ceiling / 2 * random
    }

    package mutating func reset() { attempts = 0 }
}
