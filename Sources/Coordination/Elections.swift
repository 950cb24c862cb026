import Logging
import Synchronization
import ZooKeeper

/// The candidacies of this process: each stands in its account's line for as long as it wants and the session allows.
final class Elections: Sendable {
    struct Key: Hashable {
        let account: String
        let id: String
    }

    private struct State {
        var current: [Key: Candidate] = [:]
        /// The current ones, and those that resigned and whose nodes may still be there.
        var attended: [ObjectIdentifier: Candidate] = [:]
    }

    private let state = Mutex(State())
    private let wakeup = Wakeup()
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func candidacy(account: String, id: String) -> AsyncStream<Bool> {
        let key = Key(account: account, id: id)
        let (stream, continuation) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
        let candidate = Candidate(account: account, id: id, continuation: continuation)
        // Whoever asks again under the same name takes the place of the one before.
        resign(account: account, id: id)
        state.withLock { state in
            state.current[key] = candidate
            state.attended[ObjectIdentifier(candidate)] = candidate
        }
        continuation.onTermination = { [weak self, weak candidate] _ in
            if let candidate { self?.remove(key, candidate) }
        }
        wakeup.ring()
        return stream
    }

    func resign(account: String, id: String) {
        let key = Key(account: account, id: id)
        guard let candidate = state.withLock({ $0.current[key] }) else { return }
        remove(key, candidate)
        candidate.finish()
    }

    private func remove(_ key: Key, _ candidate: Candidate) {
        let mayHaveNode = candidate.resign()
        state.withLock { state in
            if state.current[key] === candidate { state.current[key] = nil }
            if !mayHaveNode { state.attended[ObjectIdentifier(candidate)] = nil }
        }
    }

    /// Stands for all candidates, for as long as the session is usable; then they are told that they do not lead.
    func work(_ session: ZooKeeperSession) async {
        await withDiscardingTaskGroup { group in
            wakeup.ring()
            while !Task.isCancelled {
                await wakeup.wait()
                wakeup.clear()
                for candidate in state.withLock({ $0.attended.values.filter { $0.takeUp() } }) {
                    group.addTask { await self.attend(to: candidate, session) }
                }
            }
        }
    }

    private func attend(to candidate: Candidate, _ session: ZooKeeperSession) async {
        await candidate.stand(session, logger)
        let isDone = await candidate.leave(session)
        if isDone { state.withLock { $0.attended[ObjectIdentifier(candidate)] = nil } }
        candidate.layDown()
    }
}
