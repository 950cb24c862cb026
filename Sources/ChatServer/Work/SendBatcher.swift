import AgentProtocol
import Coordination
import DequeModule
import Domain
import Logging
import Store
import Synchronization

/// Takes sends from all sessions and commits them in batches: what comes in while one commit is in flight goes into the next
/// one. There is no timer, so a lone send waits for nothing.
final class SendBatcher: Sendable {
    private struct Pending {
        var draft: OutgoingDraft
        var answer: CheckedContinuation<Result<Message, EralinkError>, Never>
    }

    private struct State {
        var queue: Deque<Pending> = []
        var isRunning = false
    }

    private static let batch = 500
    private static let most = 20_000

    private let store: Store
    private let feed: EventFeed
    private let coordination: any Coordination
    private let check: AdmissionCheck
    private let metrics: ChatMetrics
    private let logger: Logger
    private let state = Mutex(State())

    init(
        store: Store, feed: EventFeed, coordination: any Coordination, check: @escaping AdmissionCheck,
        metrics: ChatMetrics,
        logger: Logger
    ) {
        self.store = store
        self.feed = feed
        self.coordination = coordination
        self.check = check
        self.metrics = metrics
        self.logger = logger
    }

    /// Sends from one caller are accepted in the order in which this is called: it runs on the caller's executor until the
    /// draft is in the queue.
    nonisolated(nonsending) func send(_ draft: OutgoingDraft) async throws(EralinkError) -> Message {
        let result = await withCheckedContinuation {
            (answer: CheckedContinuation<Result<Message, EralinkError>, Never>) in
            let (isFull, mustStart) = state.withLock { state in
                if state.queue.count >= Self.most { return (true, false) }
                state.queue.append(Pending(draft: draft, answer: answer))
                defer { state.isRunning = true }
                return (false, !state.isRunning)
            }
            if isFull {
                answer.resume(
                    returning: .failure(
                        EralinkError(.unavailable, "too many sends wait to be stored", retryAfterMilliseconds: 1000)))
            }
            // It ends by itself when the queue is empty; those who wait in the queue wait for it.
            if mustStart { Task { await run() } }
        }
        return try result.get()
    }

    private func run() async {
        while true {
            let batch = state.withLock { state -> [Pending] in
                let batch = Array(state.queue.prefix(Self.batch))
                state.queue.removeFirst(batch.count)
                if batch.isEmpty { state.isRunning = false }
                return batch
            }
            if batch.isEmpty { return }
            await commit(batch)
        }
    }

    private func commit(_ batch: [Pending]) async {
        do throws(EralinkError) {
            let receipt = try await store.send(batch.map(\.draft), check: check)
            for (pending, answer) in zip(batch, receipt.answers) { pending.answer.resume(returning: answer) }
            metrics.countSent(receipt.events)
            await publish(receipt.events, accounts: receipt.accounts)
        } catch {
            // One draft that the database refuses must not take the others with it.
            if error.code == .internal, batch.count > 1 {
                for pending in batch { await commit([pending]) }
            } else {
                for pending in batch { pending.answer.resume(returning: .failure(error)) }
            }
        }
    }

    /// Tells everybody of a commit: the connectors first, then our own sessions, then the other ChatServers.
    func publish(_ events: [EventRecord], accounts: Set<String>) async {
        guard let last = events.last else { return }
        for account in accounts { coordination.ring(.outbox(account: account), position: last.position) }
        await feed.own(events)
        coordination.ring(.events, position: last.position)
    }
}
