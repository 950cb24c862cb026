import Synchronization
import ZooKeeper

/// Writes bells: at most one write of a bell is under way, and what is rung meanwhile becomes the next one.
final class BellRinger: Sendable {
    private struct Slot {
        var pending: Int64?
        /// Listed in `ready`, or being written.
        var busy = false
    }

    private struct State {
        var slots: [Bell: Slot] = [:]
        var ready: [Bell] = []
    }

    private let state = Mutex(State())
    private let wakeup = Wakeup()
    private let counters: SignalCounters

    init(counters: SignalCounters) { self.counters = counters }

    func ring(_ bell: Bell, position: Int64) {
        counters.count(bell, .rung)
        let wasIdle = state.withLock { state in
            var slot = state.slots[bell] ?? Slot()
            slot.pending = max(slot.pending ?? position, position)
            let wasIdle = !slot.busy
            if wasIdle {
                slot.busy = true
                state.ready.append(bell)
            }
            state.slots[bell] = slot
            return wasIdle
        }
        if wasIdle { wakeup.ring() }
    }

    /// Writes what is rung, for as long as the session is usable; what could not be written waits for the next one.
    func work(_ session: ZooKeeperSession) async {
        await withDiscardingTaskGroup { group in
            wakeup.ring()
            while !Task.isCancelled {
                await wakeup.wait()
                wakeup.clear()
                for bell in takeReady() {
                    group.addTask { await self.write(bell, session) }
                }
            }
        }
    }

    private func takeReady() -> [Bell] {
        state.withLock { state in
            defer { state.ready = [] }
            return state.ready
        }
    }

    private func write(_ bell: Bell, _ session: ZooKeeperSession) async {
        while let position = takePending(bell) {
            do {
                do {
                    try await session.set(bell.path, String(position))
                } catch let error as ZooKeeperError where error.code == .noNode {
                    try await session.ensure(bell.path)
                    try await session.set(bell.path, String(position))
                }
                counters.count(bell, .sent)
            } catch {
                // The session is going, or the server is slow: cancellation ends this loop where it is the former.
                putBack(bell, position)
                let mayPass = (error as? ZooKeeperError)?.retryable ?? true
                try? await Task.sleep(for: mayPass ? .milliseconds(100) : .seconds(2))
                if Task.isCancelled { return markReady(bell) }
            }
        }
    }

    /// Nil, and the bell idle, where there is nothing to write.
    private func takePending(_ bell: Bell) -> Int64? {
        state.withLock { state in
            let position = state.slots[bell]?.pending
            if position == nil { state.slots[bell]?.busy = false }
            state.slots[bell]?.pending = nil
            return position
        }
    }

    private func putBack(_ bell: Bell, _ position: Int64) {
        state.withLock { state in
            let newer = state.slots[bell]?.pending ?? position
            state.slots[bell]?.pending = max(newer, position)
        }
    }

    private func markReady(_ bell: Bell) {
        state.withLock { $0.ready.append(bell) }
    }
}
