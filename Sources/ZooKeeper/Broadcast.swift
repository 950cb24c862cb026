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
    /// Keeps what is told in order. A lock of its own, which no `onTermination` takes: that one is called under the lock of
    /// the reader's task, and telling the reader needs the same.
    private let order = Mutex(())

    package init(_ value: Value) { state = Mutex(State(value: value)) }

    package var value: Value { state.withLock { $0.value } }

    /// Sets the value that `change` returns, nil for no change, and tells the readers. Returns what was set.
    @discardableResult
    package func update(_ change: (Value) -> Value?) -> Value? {
        order.withLock { _ in
            let told: (value: Value, readers: [AsyncStream<Value>.Continuation])? = state.withLock { state in
                guard !state.finished, let value = change(state.value) else { return nil }
                state.value = value
                return (value, Array(state.readers.values))
            }
            guard let told else { return nil }
            for reader in told.readers { reader.yield(told.value) }
            return told.value
        }
    }

    package func send(_ value: Value) { update { _ in value } }

    /// Ends every stream, present and future ones, after what has been sent.
    package func finish() {
        order.withLock { _ in
            let readers = state.withLock { state in
                state.finished = true
                defer { state.readers = [:] }
                return Array(state.readers.values)
            }
            for reader in readers { reader.finish() }
        }
    }

    package func stream(buffering limit: Int = 8) -> AsyncStream<Value> {
        let (stream, continuation) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: .bufferingNewest(limit))
        order.withLock { _ in
            let (id, value, finished) = state.withLock { state in
                state.nextID += 1
                if !state.finished { state.readers[state.nextID] = continuation }
                return (state.nextID, state.value, state.finished)
            }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.readers.removeValue(forKey: id) }
            }
            continuation.yield(value)
            if finished { continuation.finish() }
        }
        return stream
    }
}
