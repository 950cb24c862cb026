import Logging
import Synchronization
import ZooKeeper

/// Hears bells: one watch a bell for all its readers in this process.
final class BellListeners: Sendable {
    private struct Ear {
        var readers: [Int: AsyncStream<Int64>.Continuation] = [:]
        /// What was heard last on the present connection; nil before the first look.
        var last: Int64?
        var isWatched = false
    }

    private struct State {
        var ears: [Bell: Ear] = [:]
        var nextID = 0
    }

    private let state = Mutex(State())
    /// Keeps what is told in order, and is never taken by `onTermination` (see `Broadcast`).
    private let order = Mutex(())
    private let wakeup = Wakeup()
    private let counters: SignalCounters
    private let logger: Logger

    init(counters: SignalCounters, logger: Logger) {
        self.counters = counters
        self.logger = logger
    }

    func rings(_ bell: Bell) -> AsyncStream<Int64> {
        let (stream, continuation) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
        order.withLock { _ in
            let (id, last) = state.withLock { state in
                state.nextID += 1
                state.ears[bell, default: Ear()].readers[state.nextID] = continuation
                return (state.nextID, state.ears[bell]?.last)
            }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.ears[bell]?.readers.removeValue(forKey: id) }
            }
            if let last { continuation.yield(last) }
        }
        wakeup.ring()
        return stream
    }

    /// Watches every bell that has a reader, for as long as the session is usable.
    func work(_ session: ZooKeeperSession) async {
        await withDiscardingTaskGroup { group in
            wakeup.ring()
            while !Task.isCancelled {
                await wakeup.wait()
                wakeup.clear()
                for bell in takeUnwatched() {
                    group.addTask { await self.listen(to: bell, session) }
                }
            }
        }
    }

    private func takeUnwatched() -> [Bell] {
        state.withLock { state in
            let bells = state.ears.compactMap { bell, ear in ear.isWatched || ear.readers.isEmpty ? nil : bell }
            for bell in bells { state.ears[bell]?.isWatched = true }
            return bells
        }
    }

    private func listen(to bell: Bell, _ session: ZooKeeperSession) async {
        // A ring without a position is told as soon as it is heard, a round trip before the node is read again.
        let early: (@Sendable () -> Void)? = bell.tellsPosition ? nil : { @Sendable in self.tell(bell) }
        var version: Int32?
        while !Task.isCancelled {
            do {
                for try await node in session.watch(bell.path, fired: early) {
                    // The first look of a connection tells nobody's ring.
                    if version != nil { counters.count(bell, .heard) }
                    // What was rung once more before the node was read has not been told yet.
                    let read = node?.stat.version ?? -1
                    let wasTold = early != nil && version.map { $0 + 1 == read } ?? false
                    version = read
                    guard deliver(bell, node.flatMap { Int64($0.text) } ?? 0, wasTold: wasTold) else { return }
                }
                break
            } catch {
                logger.warning(
                    "cannot watch a bell", metadata: ["bell": "\(bell.path)", "error": "\(error)"])
                version = nil
                try? await Task.sleep(for: .seconds(5))
            }
        }
        state.withLock { state in
            state.ears[bell]?.isWatched = false
            state.ears[bell]?.last = nil
        }
    }

    private func tell(_ bell: Bell) {
        order.withLock { _ in
            let ear = state.withLock { $0.ears[bell] }
            for reader in ear?.readers.values ?? [:].values { reader.yield(ear?.last ?? 0) }
        }
    }

    /// False, and the bell not watched any more, where it has no reader left.
    private func deliver(_ bell: Bell, _ position: Int64, wasTold: Bool) -> Bool {
        order.withLock { _ in
            let readers = state.withLock { state in
                let readers = state.ears[bell].map { Array($0.readers.values) } ?? []
                if readers.isEmpty { state.ears[bell] = nil } else { state.ears[bell]?.last = position }
                return readers
            }
            if !wasTold { for reader in readers { reader.yield(position) } }
            return !readers.isEmpty
        }
    }
}
