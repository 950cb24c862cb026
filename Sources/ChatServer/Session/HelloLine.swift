import Synchronization

/// Lets a few hellos at a time ask the database, the others in their turn. When ten thousand sessions come back at once, those
/// who are there already, and what customers write, must not wait behind them.
///
/// Nobody is in it twice, so it is no longer than there are sessions (`limits.sessions`).
final class HelloLine: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Of `waiting`, those who have gone in.
        var passed = 0
    }

    private let state: Mutex<State>

    init(width: Int = 4) { state = Mutex(State(free: width)) }

    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.passed < state.waiting.count else {
                state.waiting = []
                state.passed = 0
                state.free += 1
                return nil
            }
            defer {
                state.passed += 1
                if state.passed > 1000 {
                    state.waiting.removeFirst(state.passed)
                    state.passed = 0
                }
            }
            return state.waiting[state.passed]
        }
        next?.resume()
    }
}
