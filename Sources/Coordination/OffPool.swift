import Glibc
import Synchronization

/// Runs what blocks on a thread of its own and gives up waiting for it after `limit`: the thread ends when it ends.
func offPool<Result: Sendable>(within limit: Duration, _ body: @escaping @Sendable () -> Result) async -> Result? {
    await firstAnswer(within: limit) { answer in
        let job = Unmanaged.passRetained(OffPoolJob { answer(body()) })
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<OffPoolJob>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, job.toOpaque())
        if status == 0 {
            pthread_detach(thread)
        } else {
            job.release()
            answer(nil)
        }
    }
}

/// What `start` answers with; nil where it does not within `limit`. Unlike a task group, it does not wait for what is late.
func firstAnswer<Result: Sendable>(
    within limit: Duration, _ start: (@escaping @Sendable (Result?) -> Void) -> Void
) async -> Result? {
    await withCheckedContinuation { continuation in
        let once = OnceAnswer(continuation)
        // Ends by itself; nobody needs to wait for it.
        Task {
            try? await Task.sleep(for: limit)
            once.answer(nil)
        }
        start { once.answer($0) }
    }
}

private final class OnceAnswer<Result: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<Result?, Never>?>

    init(_ continuation: CheckedContinuation<Result?, Never>) { waiting = Mutex(continuation) }

    func answer(_ result: Result?) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: result)
    }
}

private final class OffPoolJob: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
