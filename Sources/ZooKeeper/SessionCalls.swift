import Synchronization

/// What a call was answered with, copied out of the library's memory.
enum CallReply: Sendable {
    case done
    case path(String)
    case stat(NodeStat)
    case node(ZooKeeperNode)
    case names([String])
}

/// The calls of one session that wait for an answer and the watches that are set, by token.
///
/// The library is given integers as context and never a pointer: an answer that comes twice, late, or after the end finds
/// nothing under its token and is dropped, so that nothing can leak, be freed twice, or be resumed twice. Called from the
/// library's threads, the session's loop, and whoever cancels.
final class SessionCalls: Sendable {
    private struct Call {
        /// Nil once the caller has gone: the entry stays until the library answers, so that the limit counts it.
        var continuation: CheckedContinuation<CallReply, any Error>?
        let deadline: ContinuousClock.Instant
        let doing: String
    }

    private struct State {
        var calls: [Int: Call] = [:]
        var watches: [Int: Wakeup] = [:]
        var nextToken: Int
        var ended = false
        var sessionID: Int64?
    }

    let states = Broadcast<SessionState>(.connecting)
    private let limit: Int
    private let state: Mutex<State>

    /// - Parameter firstToken: the session's own range of tokens begins here (`SessionRegistry`).
    init(firstToken: Int, limit: Int) {
        self.limit = limit
        state = Mutex(State(nextToken: firstToken))
    }

    func reserveToken() -> Int {
        state.withLock { state in
            state.nextToken += 1
            return state.nextToken
        }
    }

    /// False where the call was not taken; its continuation has been resumed then.
    func begin(
        _ token: Int, doing: String, deadline: ContinuousClock.Instant,
        _ continuation: CheckedContinuation<CallReply, any Error>
    ) -> Bool {
        let refusal: (any Error)? = state.withLock { state in
            if Task.isCancelled { return CancellationError() }
            if state.ended { return ZooKeeperError(.closing, "cannot \(doing): the session has been closed") }
            if state.calls.count >= limit {
                return ZooKeeperError(.overloaded, "cannot \(doing): \(limit) calls to zookeeper are already waiting")
            }
            state.calls[token] = Call(continuation: continuation, deadline: deadline, doing: doing)
            return nil
        }
        if let refusal { continuation.resume(throwing: refusal) }
        return refusal == nil
    }

    func answer(_ token: Int, status: Int32, reply: @autoclosure () -> CallReply) {
        guard let call = state.withLock({ $0.calls.removeValue(forKey: token) }), let continuation = call.continuation
        else { return }
        if status == 0 {
            continuation.resume(returning: reply())
        } else {
            continuation.resume(throwing: ZooKeeperError(status: status, doing: call.doing))
        }
    }

    func abandon(_ token: Int) {
        let continuation = state.withLock { state in
            let continuation = state.calls[token]?.continuation
            state.calls[token]?.continuation = nil
            return continuation
        }
        continuation?.resume(throwing: CancellationError())
    }

    /// Fails the calls whose deadline has passed; returns the next deadline, nil where nobody waits.
    func expireCalls(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var next: ContinuousClock.Instant?
        let late: [Call] = state.withLock { state in
            var late: [Call] = []
            for (token, call) in state.calls where call.continuation != nil {
                if call.deadline <= now {
                    late.append(call)
                    state.calls[token]?.continuation = nil
                } else {
                    next = min(next ?? call.deadline, call.deadline)
                }
            }
            return late
        }
        for call in late {
            call.continuation?.resume(
                throwing: ZooKeeperError(.deadlineExceeded, "cannot \(call.doing): no answer from zookeeper in time"))
        }
        return next
    }

    func addWatch(_ signal: Wakeup) -> Int {
        let (token, ended) = state.withLock { state in
            state.nextToken += 1
            if !state.ended { state.watches[state.nextToken] = signal }
            return (state.nextToken, state.ended)
        }
        if ended { signal.end() }
        return token
    }

    func removeWatch(_ token: Int) {
        // The library's own entry stays until it fires or the session ends; its token then names nothing.
        state.withLock { _ = $0.watches.removeValue(forKey: token) }
    }

    func watchFired(_ token: Int) {
        state.withLock { $0.watches[token] }?.ring()
    }

    var sessionID: Int64? { state.withLock { $0.sessionID } }

    func sessionEvent(_ new: SessionState) {
        if case .connected(let id) = new { state.withLock { $0.sessionID = id } }
        states.update { old in
            if old.isFinal || old == new { return nil }
            // The library says "connecting" both before the first connection and after a lost one.
            if new == .connecting { return old == .connecting ? nil : .suspended }
            return new
        }
        if new.isFinal { endWatches() }
    }

    /// After the handle was closed: the library forgets its watches without a word, and calls nothing any more.
    func end() {
        let calls = state.withLock { state in
            state.ended = true
            defer { state.calls = [:] }
            return state.calls.values.map { $0 }
        }
        for call in calls {
            call.continuation?.resume(
                throwing: ZooKeeperError(.closing, "cannot \(call.doing): the session has been closed"))
        }
        endWatches()
        states.update { $0.isFinal ? nil : .closed }
        states.finish()
    }

    private func endWatches() {
        let watches = state.withLock { state in
            defer { state.watches = [:] }
            return state.watches.values.map { $0 }
        }
        for watch in watches { watch.end() }
    }
}
