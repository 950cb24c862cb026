import CPostgres
import Glibc
import LoopExecutor

/// What a wait ended with. Both flags are set when the descriptor is broken: the next read or write says why.
struct Readiness: OptionSet, Sendable {
    let rawValue: Int
    static let readable = Readiness(rawValue: 1)
    static let writable = Readiness(rawValue: 2)
    static let deadline = Readiness(rawValue: 4)
}

/// `poll()` over what the connections wait for, and an eventfd that wakes it.
///
/// Level-triggered, with the array rebuilt each turn: `PQconsumeInput` reads only once, and libpq changes its descriptor while it
/// connects, so nothing may be remembered by descriptor between turns.
///
/// Sendable although it has mutable state: `waits` is touched on the loop's thread only (by `wait()`, which the loop calls, and by
/// actors whose executor is the loop); the eventfd never changes.
final class Poller: LoopWaiter, @unchecked Sendable {
    struct WaitID: Hashable, Sendable { fileprivate let value: UInt64 }

    private struct Wait {
        let id: WaitID
        let fd: Int32
        let interest: Readiness
        var deadline: MonotonicTime?
        let continuation: CheckedContinuation<Readiness, Never>
    }

    private let wakeFD: Int32
    private var waits: [Wait] = []
    private var lastID: UInt64 = 0
    private var descriptors: [pollfd] = []

    init() {
        wakeFD = eralink_eventfd()
        precondition(wakeFD >= 0, "cannot make an eventfd: \(String(cString: strerror(errno)))")
    }

    deinit { close(wakeFD) }

    func makeID() -> WaitID {
        lastID += 1
        return WaitID(value: lastID)
    }

    /// On the loop only. A deadline that has passed still lets a ready descriptor be seen first.
    func register(
        _ id: WaitID, fd: Int32, interest: Readiness, deadline: MonotonicTime?,
        continuation: CheckedContinuation<Readiness, Never>
    ) {
        waits.append(Wait(id: id, fd: fd, interest: interest, deadline: deadline, continuation: continuation))
    }

    /// On the loop only. Brings the deadline of a wait forward; nothing happens if the wait is over.
    func shorten(_ id: WaitID, to deadline: MonotonicTime) {
        guard let index = waits.firstIndex(where: { $0.id == id }) else { return }
        if let current = waits[index].deadline, current <= deadline { return }
        waits[index].deadline = deadline
    }

    func wake() {
        var one: UInt64 = 1
        // A full counter means that a wake-up is pending already.
        _ = write(wakeFD, &one, 8)
    }

    func wait() {
        descriptors.removeAll(keepingCapacity: true)
        descriptors.append(pollfd(fd: wakeFD, events: Int16(POLLIN), revents: 0))
        var earliest: MonotonicTime?
        for wait in waits {
            var events: Int16 = 0
            if wait.interest.contains(.readable) { events |= Int16(POLLIN) }
            if wait.interest.contains(.writable) { events |= Int16(POLLOUT) }
            descriptors.append(pollfd(fd: wait.fd, events: events, revents: 0))
            if let deadline = wait.deadline, earliest.map({ deadline < $0 }) ?? true { earliest = deadline }
        }
        let timeout = earliest?.milliseconds(from: .now) ?? -1
        // EINTR counts as a turn in which nothing happened.
        let ready = poll(&descriptors, nfds_t(descriptors.count), timeout)
        if ready > 0, descriptors[0].revents != 0 {
            var count: UInt64 = 0
            _ = read(wakeFD, &count, 8)
        }
        resumeFinished(anyReady: ready > 0, anyDeadline: earliest != nil)
    }

    private func resumeFinished(anyReady: Bool, anyDeadline: Bool) {
        if !anyReady && !anyDeadline { return }
        let now = MonotonicTime.now
        var kept: [Wait] = []
        for (index, wait) in waits.enumerated() {
            var readiness: Readiness = []
            let events = anyReady ? Int32(descriptors[index + 1].revents) : 0
            if events & POLLIN != 0 { readiness.insert(.readable) }
            if events & POLLOUT != 0 { readiness.insert(.writable) }
            if events & (POLLERR | POLLHUP | POLLNVAL) != 0 { readiness.formUnion([.readable, .writable]) }
            if readiness.isEmpty, let deadline = wait.deadline, deadline <= now { readiness = .deadline }
            if readiness.isEmpty { kept.append(wait) } else { wait.continuation.resume(returning: readiness) }
        }
        waits = kept
    }
}
