import Synchronization

/// Follows a candidacy, so that a test can look at any time whether it leads.
final class Standing: Sendable {
    private let leading: Mutex<Bool>
    private let task: Mutex<Task<Void, Never>?>

    init(_ candidacy: AsyncStream<Bool>) {
        leading = Mutex(false)
        task = Mutex(nil)
        // Ended by `deinit`.
        let reading = Task { [weak self] in
            for await isLeading in candidacy { self?.leading.withLock { $0 = isLeading } }
        }
        task.withLock { $0 = reading }
    }

    deinit { task.withLock { $0?.cancel() } }

    var isLeading: Bool { leading.withLock { $0 } }
}
