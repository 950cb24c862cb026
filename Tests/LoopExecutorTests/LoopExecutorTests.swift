import Dispatch
import LoopExecutor
import Synchronization
import Testing

/// Waits on a semaphore and counts; calls back like a C library would.
private final class CountingWaiter: LoopWaiter {
    private let semaphore = DispatchSemaphore(value: 0)
    private let callback = Mutex<(@Sendable () -> Void)?>(nil)
    let waits = Atomic<Int>(0)

    func wait() {
        waits.wrappingAdd(1, ordering: .relaxed)
        semaphore.wait()
        callback.withLock { $0 }?()
    }

    func wake() { semaphore.signal() }

    func setCallback(_ body: (@Sendable () -> Void)?) { callback.withLock { $0 = body } }
}

private actor Counter {
    private let loop: LoopExecutor
    private(set) var value = 0
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ loop: LoopExecutor) { self.loop = loop }

    func add() { value += 1 }
    func isOnLoop() -> Bool { loop.isIsolatingCurrentContext() ?? false }

    /// Each job enqueues the next one from the loop itself: the inbox is never empty when a batch ends.
    func chain(_ isOver: @escaping @Sendable () -> Bool, _ end: CheckedContinuation<Void, Never>) {
        if isOver() {
            end.resume()
        } else {
            Task { chain(isOver, end) }
        }
    }
}

@Suite("a loop that is an executor")
struct LoopExecutorTests {
    @Test("runs its actors' work on its own thread, each job once")
    func runsJobs() async {
        let loop = LoopExecutor(name: "test", waiter: CountingWaiter())
        defer { loop.stop() }
        let first = Counter(loop)
        let second = Counter(loop)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<2000 {
                group.addTask { await (number % 2 == 0 ? first : second).add() }
            }
        }
        #expect(await first.value == 1000)
        #expect(await second.value == 1000)
        #expect(await first.isOnLoop())
        #expect(loop.isIsolatingCurrentContext() == false)
    }

    @Test("lets a callback that runs inside the wait act as its actor")
    func callbacks() async {
        let waiter = CountingWaiter()
        let loop = LoopExecutor(name: "test", waiter: waiter)
        defer { loop.stop() }
        let counter = Counter(loop)
        await withCheckedContinuation { continuation in
            waiter.setCallback {
                waiter.setCallback(nil)
                counter.assumeIsolated { $0.add() }
                continuation.resume()
            }
            waiter.wake()
        }
        #expect(await counter.value == 1)
    }

    @Test("looks at C although jobs keep coming", .timeLimit(.minutes(1)))
    func noStarvation() async {
        let waiter = CountingWaiter()
        let loop = LoopExecutor(name: "test", waiter: waiter)
        defer { loop.stop() }
        let counter = Counter(loop)
        let seen = waiter.waits.load(ordering: .relaxed)
        await withCheckedContinuation { end in
            Task { await counter.chain({ waiter.waits.load(ordering: .relaxed) > seen + 100 }, end) }
        }
        #expect(waiter.waits.load(ordering: .relaxed) > seen + 100)
    }

    @Test("ends after the work that was enqueued before it was stopped")
    func stop() async {
        let loop = LoopExecutor(name: "test", waiter: CountingWaiter())
        let counter = Counter(loop)
        async let added: Void = counter.add()
        await added
        loop.stop()
        loop.stop()
        #expect(loop.isIsolatingCurrentContext() == false)
    }
}
