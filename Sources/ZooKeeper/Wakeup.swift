import Synchronization

/// A bell that any thread rings and one reader waits for. Ringing twice before the reader looks is one ring, so nothing
/// piles up.
package final class Wakeup: Sendable {
    private struct State {
        var rung = false
        var ended = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    package func ring() { resume { $0.rung = true } }

    /// It will never ring again: every wait returns at once.
    package func end() { resume { $0.ended = true } }

    package var hasEnded: Bool { state.withLock { $0.ended } }

    /// Forgets the rings up to now; called before the look that answers them.
    package func clear() { state.withLock { $0.rung = false } }

    /// Returns once rung, ended, or cancelled.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let immediate = state.withLock { state in
                    if state.rung || state.ended || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if immediate { continuation.resume() }
            }
        } onCancel: {
            resume { _ in }
        }
    }

    private func resume(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
