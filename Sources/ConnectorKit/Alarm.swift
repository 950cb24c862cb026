import Synchronization

/// Lets one loop wait for a moment or for somebody who rings, whichever comes first. A ring that nobody waits for is kept.
final class Alarm: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func ring() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.isRung = true }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns at a ring, at `moment`, or when the task is cancelled. One at a time.
    func wait(until moment: ContinuousClock.Instant) async {
        if Task.isCancelled || moment <= .now { return consume() }
        // Ends before this function returns: it is cancelled then, and a ring too many only makes the loop look again.
        let timer = Task {
            try? await Task.sleep(until: moment, clock: .continuous)
            if !Task.isCancelled { ring() }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isRung = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiter = waiter
                    return false
                }
                if isRung { waiter.resume() }
            }
        } onCancel: {
            ring()
        }
        timer.cancel()
    }

    private func consume() { state.withLock { $0.isRung = false } }
}
