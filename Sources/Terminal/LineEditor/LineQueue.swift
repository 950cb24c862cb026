import Synchronization

/// Lines between the thread that reads them and the one task that takes them. Bounded: while it is full nothing is read.
final class LineQueue: Sendable {
    private struct State {
        var lines: [String] = []
        var isOver = false
        var waiting: CheckedContinuation<String?, Never>?
    }

    private static let capacity = 64
    private let state = Mutex(State())

    var isFull: Bool { state.withLock { $0.isOver || $0.lines.count >= Self.capacity } }

    func append(_ line: String) {
        let waiting = state.withLock { state in
            guard let waiting = state.waiting else {
                state.lines.append(line)
                return CheckedContinuation<String?, Never>?.none
            }
            state.waiting = nil
            return waiting
        }
        waiting?.resume(returning: line)
    }

    /// No more lines come. Idempotent.
    func finish() {
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: nil)
    }

    /// The next line; nil at the end, or when the task is cancelled. `taken` is told that there is room again.
    func next(taken: () -> Void) async -> String? {
        defer { taken() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: String?? = state.withLock { state in
                    if !state.lines.isEmpty { return .some(state.lines.removeFirst()) }
                    if state.isOver || Task.isCancelled { return .some(nil) }
                    state.waiting = continuation
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume(returning: nil)
        }
    }
}
