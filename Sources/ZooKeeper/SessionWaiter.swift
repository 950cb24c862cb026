import CZooKeeper
import Glibc
import LoopExecutor

/// What a session's loop does while it has no jobs: waits for the next deadline of a call, or for a wake-up.
final class SessionWaiter: LoopWaiter {
    private let event: CInt
    private let calls: SessionCalls

    init(calls: SessionCalls) {
        self.calls = calls
        event = eralink_zoo_eventfd()
    }

    deinit {
        if event >= 0 { close(event) }
    }

    func wait() {
        var timeout: CInt = -1
        let now = ContinuousClock.now
        if let deadline = calls.expireCalls(now: now) {
            let (seconds, attoseconds) = (deadline - now).components
            timeout = CInt(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
        }
        // Without a descriptor (the process has none left) the loop still turns, at the price of polling.
        if event < 0 { timeout = timeout < 0 ? 10 : min(timeout, 10) }
        var entry = pollfd(fd: event, events: Int16(POLLIN), revents: 0)
        poll(&entry, 1, timeout)
        var count: UInt64 = 0
        if event >= 0 { read(event, &count, 8) }
    }

    func wake() {
        var one: UInt64 = 1
        if event >= 0 { write(event, &one, 8) }
    }
}
