import Synchronization

/// A value that changes, and any number of streams that are told: each gets the present value at once, then every change,
/// the oldest dropped where a reader is slow.
package final class Broadcast<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var finished = false
        var nextID = 0
        var readers: [Int: AsyncStream<Value>.Continuation] = [:]
    }

    private let state: Mutex<State>

    package init(_ value: Value) { state = Mutex(State(value: value)) }

    package var value: Value { state.withLock { $0.value } }

    /// Sets the value that `change` returns, nil for no change, and tells the readers. Returns what was set.
    @discardableResult
    package func update(_ change: (Value) -> Value?) -> Value? {
        state.withLock { state in
            guard !state.finished, let value = change(state.value) else { return nil }
            state.value = value
            for reader in state.readers.values { reader.yield(value) }
            return value
        }
    }

    package func send(_ value: Value) { update { _ in value } }

    /// Ends every stream, present and future ones, after what has been sent.
    package func finish() {
        let readers = state.withLock { state in
            state.finished = true
            defer { state.readers = [:] }
            return state.readers.values.map { $0 }
        }
        for reader in readers { reader.finish() }
    }

    package func stream(buffering limit: Int = 8) -> AsyncStream<Value> {
        let (stream, continuation) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: .bufferingNewest(limit))
        let (id, finished) = state.withLock { state in
            state.nextID += 1
            continuation.yield(state.value)
            if !state.finished { state.readers[state.nextID] = continuation }
            return (state.nextID, state.finished)
        }
        if finished {
            continuation.finish()
        } else {
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { $0.readers[id] = nil }
            }
        }
        return stream
    }
}
