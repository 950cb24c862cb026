import Logging
import Synchronization
import ZooKeeper

/// One member's stand for one account: a sequential ephemeral node, and a watch on the one before it.
final class Candidate: Sendable {
    private struct State {
        var isTakenUp = false
        var hasStood = false
        var isLeading = false
        /// Our node and its session: it keeps its place over a lost connection.
        var node: (session: Int, name: String)?
    }

    private let directory: String
    private let id: String
    private let continuation: AsyncStream<Bool>.Continuation
    private let resigned = Wakeup()
    private let state = Mutex(State())
    /// Keeps what is told in order, and is never taken by `onTermination` (see `Broadcast`).
    private let order = Mutex(())

    init(account: String, id: String, continuation: AsyncStream<Bool>.Continuation) {
        directory = "/leases/\(NodeName.encode(account))"
        self.id = id
        self.continuation = continuation
        continuation.yield(false)
    }

    /// It stands no longer; false where it never did, so that there is nothing to remove.
    func resign() -> Bool {
        resigned.end()
        return state.withLock { $0.hasStood }
    }

    func finish() { continuation.finish() }

    /// False where it stands already.
    func takeUp() -> Bool {
        state.withLock { state in
            if state.isTakenUp { return false }
            state.isTakenUp = true
            state.hasStood = true
            return true
        }
    }

    func layDown() { state.withLock { $0.isTakenUp = false } }

    /// Stands until the task is cancelled or the candidate resigned.
    func stand(_ session: ZooKeeperSession, _ logger: Logger) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.resigned.wait() }
            group.addTask {
                while !Task.isCancelled {
                    do {
                        try await self.compete(session)
                    } catch {
                        self.tell(false)
                        if Task.isCancelled { return }
                        logger.warning(
                            "cannot stand for a lease", metadata: ["line": "\(self.directory)", "error": "\(error)"])
                        try? await Task.sleep(for: .milliseconds(500))
                    }
                }
            }
            await group.next()
            group.cancelAll()
        }
        tell(false)
    }

    private func compete(_ session: ZooKeeperSession) async throws {
        let name = try await stepIn(session)
        switch ElectionLine(try await session.children(directory)).place(of: name) {
        case .absent:
            state.withLock { $0.node = nil }
        case .first:
            tell(true)
            // Gone only where somebody removed it by hand.
            try await untilGone(name, session)
            tell(false)
        case .behind(let predecessor):
            tell(false)
            try await untilGone(predecessor, session)
        }
    }

    private func untilGone(_ name: String, _ session: ZooKeeperSession) async throws {
        for try await node in session.watch("\(directory)/\(name)") where node == nil { return }
    }

    /// Our node's name; made where there is none.
    private func stepIn(_ session: ZooKeeperSession) async throws -> String {
        if let node = state.withLock({ $0.node }), node.session == session.number { return node.name }
        // A create whose answer was lost may have been carried out: two nodes of ours would block each other.
        var name = try await findOwn(session)
        if name == nil {
            do {
                name = try await make(session)
            } catch let error as ZooKeeperError where error.code == .noNode {
                try await session.ensure(directory)
                name = try await make(session)
            }
        }
        let made = name ?? ""
        state.withLock { $0.node = (session.number, made) }
        return made
    }

    private func make(_ session: ZooKeeperSession) async throws -> String {
        let path = try await session.create("\(directory)/\(ElectionLine.prefix(id))", id, mode: .ephemeralSequential)
        return String(path.dropFirst(directory.count + 1))
    }

    private func findOwn(_ session: ZooKeeperSession) async throws -> String? {
        do {
            for name in try await session.children(directory) where name.hasPrefix(ElectionLine.prefix(id)) {
                if try await session.exists("\(directory)/\(name)")?.ephemeralOwner == session.id { return name }
            }
        } catch let error as ZooKeeperError where error.code == .noNode {}
        return nil
    }

    /// Removes the node of a candidate that resigned; false where it did not, or the session went meanwhile.
    func leave(_ session: ZooKeeperSession) async -> Bool {
        guard resigned.hasEnded else { return false }
        while !Task.isCancelled {
            do {
                while let name = try await findOwn(session) { try await session.delete("\(directory)/\(name)") }
                return true
            } catch {
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        return false
    }

    private func tell(_ isLeading: Bool) {
        order.withLock { _ in
            let changed = state.withLock { state in
                defer { state.isLeading = isLeading }
                return state.isLeading != isLeading
            }
            if changed { continuation.yield(isLeading) }
        }
    }
}
