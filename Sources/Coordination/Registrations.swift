import DequeModule
import Logging
import Synchronization
import ZooKeeper

/// Ephemeral nodes that should exist, and the work of making it so.
///
/// Only what is wanted is kept, by path: what changes faster than it can be written is written once, in its last form. On a
/// new session everything wanted is written again.
final class Registrations: Sendable {
    /// Nodes at one time; components are taken beyond it.
    static let limit = 100_000
    /// Writes in flight.
    private static let width = 64

    private struct State {
        var wanted: [String: String] = [:]
        /// To be written, in order; what is not in `changed` any more is skipped.
        var dirty: Deque<String> = []
        /// What is to be written, also again, once the write under way has ended.
        var changed: Set<String> = []
        /// What may be there by this session: only that needs removing.
        var published: Set<String> = []
        var writing: Set<String> = []
        var dropped: Int64 = 0
        var session: Int?
    }

    private let state = Mutex(State())
    private let wakeup = Wakeup()
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    var dropped: Int64 { state.withLock { $0.dropped } }

    /// - Parameter essential: taken also past the limit.
    func want(_ path: String, _ value: String, essential: Bool = false) {
        let taken = state.withLock { state in
            guard essential || state.wanted[path] != nil || state.wanted.count < Self.limit else {
                state.dropped += 1
                return false
            }
            state.wanted[path] = value
            mark(path, &state)
            return true
        }
        if taken { wakeup.ring() }
    }

    func unwant(_ path: String) {
        state.withLock { state in
            guard state.wanted.removeValue(forKey: path) != nil else { return }
            if state.published.contains(path) { mark(path, &state) } else { state.changed.remove(path) }
        }
        wakeup.ring()
    }

    /// Makes the nodes as they are wanted, for as long as the session is usable.
    func work(_ session: ZooKeeperSession) async {
        begin(session)
        while !Task.isCancelled {
            await wakeup.wait()
            wakeup.clear()
            while !Task.isCancelled {
                let batch = take()
                if batch.isEmpty { break }
                await withTaskGroup(of: Bool.self) { group in
                    for (path, value) in batch {
                        group.addTask { await self.write(path, value, session) }
                    }
                    let succeeded = await group.reduce(true) { $0 && $1 }
                    if !succeeded { try? await Task.sleep(for: .milliseconds(100)) }
                }
            }
        }
    }

    private func begin(_ session: ZooKeeperSession) {
        state.withLock { state in
            guard state.session != session.number else { return }
            state.session = session.number
            // Ephemeral nodes of an earlier session have gone with it, or are about to.
            state.published = []
            state.changed = []
            state.dirty = []
            for path in state.wanted.keys { mark(path, &state) }
        }
        wakeup.ring()
    }

    private func mark(_ path: String, _ state: inout State) {
        guard state.changed.insert(path).inserted, !state.writing.contains(path) else { return }
        state.dirty.append(path)
        // What flickers while there is no session leaves its old entries behind.
        if state.dirty.count > 2 * state.changed.count + 1000 {
            state.dirty = Deque(state.changed.subtracting(state.writing))
        }
    }

    private func take() -> [(path: String, value: String?)] {
        state.withLock { state in
            var batch: [(path: String, value: String?)] = []
            while batch.count < Self.width, let path = state.dirty.popFirst() {
                guard state.changed.remove(path) != nil else { continue }
                state.writing.insert(path)
                state.published.insert(path)
                batch.append((path, state.wanted[path]))
            }
            return batch
        }
    }

    /// False where it is to be tried again.
    private func write(_ path: String, _ value: String?, _ session: ZooKeeperSession) async -> Bool {
        do {
            if let value {
                try await put(path, value, session)
            } else {
                do {
                    try await session.delete(path)
                } catch let error as ZooKeeperError where error.code == .noNode {}
            }
            finish(path, wasPut: value != nil, again: false)
            return true
        } catch let error as ZooKeeperError where !error.retryable {
            logger.warning("cannot register", metadata: ["path": "\(path)", "error": "\(error)"])
            state.withLock { $0.dropped += 1 }
            finish(path, again: false)
            return true
        } catch {
            finish(path, again: true)
            return false
        }
    }

    private func put(_ path: String, _ value: String, _ session: ZooKeeperSession) async throws {
        for _ in 0..<4 {
            do {
                try await session.create(path, value, mode: .ephemeral)
                return
            } catch let error as ZooKeeperError where error.code == .noNode {
                let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
                // The server removes the parents of agents and accounts that are gone for good.
                try await session.ensure(parent, parents: .container)
            } catch let error as ZooKeeperError where error.code == .nodeExists {
                guard let stat = try await session.exists(path) else { continue }
                if stat.ephemeralOwner == session.id {
                    try await session.set(path, value)
                    return
                }
                // Left by a process that had our id before us; it would go with that one's session and take us along.
                do {
                    try await session.delete(path)
                } catch let error as ZooKeeperError where error.code == .noNode {}
            }
        }
        throw ZooKeeperError(.nodeExists, "somebody else keeps registering \(path)")
    }

    private func finish(_ path: String, wasPut: Bool = true, again: Bool) {
        state.withLock { state in
            state.writing.remove(path)
            if !again && !wasPut { state.published.remove(path) }
            if again || state.changed.contains(path) {
                state.changed.insert(path)
                state.dirty.append(path)
            }
        }
    }
}
