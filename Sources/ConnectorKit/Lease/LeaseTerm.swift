import Store
import Synchronization

/// How long a holder may start requests, on its own monotonic clock (design.md, rule 5): counted from before its last
/// successful renewal was sent, so it ends before the database lets another one take the lease.
package final class LeaseTerm: Sendable {
    package let proof: LeaseProof
    private let end: Mutex<ContinuousClock.Instant>

    init(proof: LeaseProof, until end: ContinuousClock.Instant) {
        self.proof = proof
        self.end = Mutex(end)
    }

    package var isValid: Bool { end.withLock { ContinuousClock.now < $0 } }

    var until: ContinuousClock.Instant { end.withLock { $0 } }

    func extend(until moment: ContinuousClock.Instant) { end.withLock { $0 = max($0, moment) } }

    /// The holder gives up: nothing is started from here on.
    func finish() { end.withLock { $0 = .now } }
}
