import Domain
import Store
import Synchronization
import Web

/// Who sends a request, and whether the token may send one more now.
///
/// Look-ups are remembered for two seconds, so that a client that pages costs the database no second statement a request; a
/// token that is revoked is refused as much later. What is not a token is remembered too.
package final class TokenGate: Sendable {
    private struct Entry {
        var record: TokenRecord?
        var at: ContinuousClock.Instant
    }

    private static let lifetime = Duration.seconds(2)

    private let limiter: RateLimiter
    private let capacity: Int
    private let find: @Sendable (Secret) async throws(EralinkError) -> TokenRecord?
    private let known = Mutex<[String: Entry]>([:])

    package init(
        requestsPerSecond: Int, capacity: Int = 10_000,
        find: @escaping @Sendable (Secret) async throws(EralinkError) -> TokenRecord?
    ) {
        limiter = RateLimiter(requestsPerSecond: requestsPerSecond)
        self.capacity = capacity
        self.find = find
    }

    /// Throws `unauthorized` without a live token, `rate_limited` past its rate.
    package func admit(_ token: String?, now: ContinuousClock.Instant = .now) async throws(EralinkError) -> Actor {
        guard let token else {
            throw EralinkError(.unauthorized, "a token is needed: Authorization: Bearer TOKEN")
        }
        guard let record = try await record(of: token, now) else {
            throw EralinkError(.unauthorized, "the token is not known, or has ended")
        }
        try limiter.admit(String(record.id), now: now)
        return record.actor
    }

    private func record(
        of token: String, _ now: ContinuousClock.Instant
    ) async throws(EralinkError) -> TokenRecord? {
        if let entry = known.withLock({ $0[token] }), entry.at + Self.lifetime > now { return entry.record }
        // Counted from before the look-up: what it saw is at least that old.
        let record = try await find(Secret(token))
        known.withLock { known in
            if known.count >= capacity { known = known.filter { $0.value.at + Self.lifetime > now } }
            // Full of what is still fresh: a stranger's tokens may not fill the memory.
            if known.count >= capacity { known = [:] }
            known[token] = Entry(record: record, at: now)
        }
        return record
    }
}
