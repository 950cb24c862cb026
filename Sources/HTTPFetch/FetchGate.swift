/// Counts the calls that are on their way into a loop, so that its thread is stopped only when there are none. Pure.
struct FetchGate {
    private enum State { case open, closing, closed }

    private var state = State.open
    private var inside = 0
    private var drained: CheckedContinuation<Void, Never>?
    private var closeWaiters: [CheckedContinuation<Void, Never>] = []

    /// - Returns: false if the loop takes no calls any more.
    mutating func enter() -> Bool {
        guard state == .open else { return false }
        inside += 1
        return true
    }

    /// - Returns: whom to resume, since the last call has left.
    mutating func leave() -> CheckedContinuation<Void, Never>? {
        inside -= 1
        return inside == 0 ? drained.take() : nil
    }

    /// - Returns: false if someone else closes or has closed.
    mutating func beginClosing() -> Bool {
        guard state == .open else { return false }
        state = .closing
        return true
    }

    /// - Returns: true if there is nothing to wait for.
    mutating func waitUntilDrained(_ waiter: CheckedContinuation<Void, Never>) -> Bool {
        guard inside > 0 else { return true }
        drained = waiter
        return false
    }

    /// - Returns: true if there is nothing to wait for.
    mutating func waitUntilClosed(_ waiter: CheckedContinuation<Void, Never>) -> Bool {
        guard state != .closed else { return true }
        closeWaiters.append(waiter)
        return false
    }

    mutating func closed() -> [CheckedContinuation<Void, Never>] {
        state = .closed
        defer { closeWaiters = [] }
        return closeWaiters
    }
}
