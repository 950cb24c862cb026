import Domain
import Synchronization
import Web

/// How a connector stands, for /readyz.
package final class ConnectorHealth: Sendable {
    private struct State {
        var role = "starting"
        var polledAt: ContinuousClock.Instant?
        var problem: String?
    }

    private let state = Mutex(State())

    package init() {}

    func become(_ role: String) {
        state.withLock { state in
            state.role = role
            if role != "active" {
                state.polledAt = nil
                state.problem = nil
            }
        }
    }

    func polled() {
        state.withLock { state in
            state.polledAt = .now
            state.problem = nil
        }
    }

    func failed(_ problem: String) { state.withLock { $0.problem = problem } }

    /// `active` or `standby`, and the checks of lease and polling.
    package var role: String { state.withLock { $0.role } }

    package var checks: [Readiness.Check] {
        state.withLock { state in
            var checks = [Readiness.Check("lease", state.role == "active" ? "held" : "not held")]
            if state.role == "active" {
                checks.append(Readiness.Check("messenger", state.problem == nil ? "ok" : "down"))
                if let polledAt = state.polledAt {
                    checks.append(
                        Readiness.Check("last_poll_seconds", "\((ContinuousClock.now - polledAt).components.seconds)"))
                }
            }
            return checks
        }
    }
}
