import Coordination
import Domain
import Store
import Synchronization

/// Stores what webhooks bring in batches: what comes in while one commit is in flight goes into the next one. Bounded: past the
/// bound a request is refused, and its messenger comes again.
final class PushedBatcher: Sendable {
    private struct Pending {
        var items: [Inbound]
        var done: CheckedContinuation<Result<Void, EralinkError>, Never>
    }

    private struct State {
        var queue: [Pending] = []
        var isRunning = false
    }

    /// Requests that wait.
    private static let most = 512

    private let store: Store
    private let coordination: any Coordination
    private let state = Mutex(State())

    init(store: Store, coordination: any Coordination) {
        self.store = store
        self.coordination = coordination
    }

    /// Returns when the items are committed. Throws `unavailable` where they are not.
    func store(_ items: [Inbound], of account: AccountID) async throws(EralinkError) {
        let result = await withCheckedContinuation {
            (done: CheckedContinuation<Result<Void, EralinkError>, Never>) in
            let (isFull, mustStart) = state.withLock { state in
                if state.queue.count >= Self.most { return (true, false) }
                state.queue.append(Pending(items: items, done: done))
                defer { state.isRunning = true }
                return (false, !state.isRunning)
            }
            if isFull {
                done.resume(
                    returning: .failure(
                        EralinkError(.unavailable, "too many requests wait to be stored", retryAfterMilliseconds: 1000))
                )
            }
            // It ends by itself when the queue is empty; those who wait in the queue wait for it.
            if mustStart { Task { await run(account) } }
        }
        try result.get()
    }

    private func run(_ account: AccountID) async {
        while true {
            let batch = state.withLock { state -> [Pending] in
                defer { state.queue = [] }
                if state.queue.isEmpty { state.isRunning = false }
                return state.queue
            }
            if batch.isEmpty { return }
            await commit(batch, account)
        }
    }

    private func commit(_ batch: [Pending], _ account: AccountID) async {
        do throws(EralinkError) {
            let last = try await store.storePushed(
                batch.flatMap { $0.items.map(\.withPlainNames) }, account: account)
            if let last { coordination.ring(.inbox, position: last) }
            for pending in batch { pending.done.resume(returning: .success(())) }
        } catch {
            // What the database refuses in one request must not take the others with it.
            if error.code != .unavailable, batch.count > 1 {
                for pending in batch { await commit([pending], account) }
            } else {
                for pending in batch { pending.done.resume(returning: .failure(error)) }
            }
        }
    }
}
