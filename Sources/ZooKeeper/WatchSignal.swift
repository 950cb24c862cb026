import Synchronization

/// One watch's bell: the library's thread rings it, one reader waits for it. Ringing twice before the reader looks is one
/// ring, so nothing piles up.
final class WatchSignal: Sendable {
    private struct State {
        var rung = false
        var ended = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// The watched node changed.
    func ring() { resume { $0.rung = true } }

    /// The session is over: no watch of it will fire again.
    func end() { resume { $0.ended = true } }

    var hasEnded: Bool { state.withLock { $0.ended } }

    /// Forgets rings up to now; called before a read, whose answer covers them.
    func clear() { state.withLock { $0.rung = false } }

    /// Returns once rung, ended, or cancelled.
    func wait() async {
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
