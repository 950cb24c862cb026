import Domain
import Synchronization

/// Requests a second for each token (cli.md, `limits.requests_per_token_per_s`): a bucket a key that holds one second's worth.
///
/// The table is bounded: buckets that are full again are the same as none and go first, then those longest unused.
package final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: ContinuousClock.Instant
    }

    private let rate: Double
    private let capacity: Int
    private let buckets = Mutex<[String: Bucket]>([:])

    /// `requestsPerSecond` 0 lets everything pass.
    package init(requestsPerSecond: Int, capacity: Int = 10_000) {
        rate = Double(requestsPerSecond)
        self.capacity = max(capacity, 1)
    }

    /// Throws `rate_limited` with the time until the next request of that key fits.
    package func admit(_ key: String, now: ContinuousClock.Instant = .now) throws(EralinkError) {
        guard rate > 0 else { return }
        let lack = buckets.withLock { buckets in
            var bucket = buckets[key] ?? Bucket(tokens: rate, at: now)
            bucket.tokens = filled(bucket, now)
            bucket.at = now
            let fits = bucket.tokens >= 1
            if fits { bucket.tokens -= 1 }
            if buckets[key] == nil, buckets.count >= capacity { makeRoom(in: &buckets, now) }
            buckets[key] = bucket
            return fits ? 0 : 1 - bucket.tokens
        }
        guard lack > 0 else { return }
        throw EralinkError(
            .rateLimited, "more than \(Int(rate)) requests a second with this token",
            retryAfterMilliseconds: Int((lack / rate * 1000).rounded(.up)))
    }

    var count: Int { buckets.withLock { $0.count } }

    private func filled(_ bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = (now - bucket.at).components
        return min(rate, bucket.tokens + max(0, Double(seconds) + Double(attoseconds) / 1e18) * rate)
    }

    private func makeRoom(in buckets: inout [String: Bucket], _ now: ContinuousClock.Instant) {
        buckets = buckets.filter { filled($0.value, now) < rate }
        guard buckets.count >= capacity else { return }
        let oldest = buckets.sorted { $0.value.at < $1.value.at }.prefix(max(capacity / 10, 1))
        for (key, _) in oldest { buckets[key] = nil }
    }
}
