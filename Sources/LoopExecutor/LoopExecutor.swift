import Glibc
import Synchronization

/// What a loop does while it has no jobs: it waits inside C (`poll`, `curl_multi_poll`).
///
/// `wait` is called on the loop's own thread and may run C callbacks; `wake` is called from any thread and must end a
/// `wait` that is under way or about to begin.
package protocol LoopWaiter: AnyObject, Sendable {
    func wait()
    func wake()
}

/// A thread that is a `SerialExecutor` and idles inside C.
///
/// A C handle belongs to an actor whose `unownedExecutor` is such a loop: every call into the library happens on this one
/// thread, never on the cooperative pool, and callers just `await` (engineering.md, "C libraries under Swift concurrency").
/// The thread starts in `init` and ends after `stop()`, once the jobs that were enqueued before it have run. A loop that is
/// stopped must have no actor left that still has work: its jobs would never run.
package final class LoopExecutor: SerialExecutor {
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var stopped = false
    }

    private static let batchesBetweenLooks = 32

    private let name: String
    private let waiter: any LoopWaiter
    private let inbox = Mutex(Inbox())
    private let threadID = Mutex<pthread_t?>(nil)

    package init(name: String, waiter: any LoopWaiter) {
        self.name = name
        self.waiter = waiter
        startThread()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let wasEmpty = inbox.withLock { inbox in
            inbox.jobs.append(job)
            return inbox.jobs.count == 1
        }
        if wasEmpty && !isCurrentThread { waiter.wake() }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        precondition(isCurrentThread, "not on the loop \(name)")
    }

    package func isIsolatingCurrentContext() -> Bool? {
        isCurrentThread
    }

    /// Ends the thread after the jobs that are already enqueued. Idempotent.
    package func stop() {
        inbox.withLock { $0.stopped = true }
        waiter.wake()
    }

    private var isCurrentThread: Bool {
        threadID.withLock { id in id.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    private func startThread() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<LoopExecutor>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        precondition(status == 0, "cannot start the thread of the loop \(name): \(String(cString: strerror(status)))")
        pthread_detach(thread)
    }

    private func run() {
        threadID.withLock { $0 = pthread_self() }
        var jobs: [UnownedJob] = []
        var batches = 0
        while true {
            let stopped = inbox.withLock { inbox in
                swap(&jobs, &inbox.jobs)
                return inbox.stopped
            }
            if jobs.isEmpty {
                if stopped { return }
                batches = 0
                waiter.wait()
                continue
            }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            jobs.removeAll(keepingCapacity: true)
            batches += 1
            if batches == Self.batchesBetweenLooks {
                // Jobs that keep coming must not keep C from being looked at: a wait that is woken beforehand is a look.
                batches = 0
                waiter.wake()
                waiter.wait()
            }
        }
    }
}
