import Coordination
import Domain
import Logging
import Store

/// Records outcomes in batches: what comes in while one commit is in flight goes into the next one. An outcome that cannot be
/// stored is kept and tried again: the attempt's story must not end in a gap because the database was away.
actor OutcomeRecorder {
    private struct Pending {
        var record: AttemptRecord
        var done: CheckedContinuation<Void, Never>
    }

    private let store: Store
    private let coordination: any Coordination
    private let account: ConnectorAccount
    private let term: LeaseTerm
    private let holder: String
    private let logger: Logger
    private var queue: [Pending] = []
    private var isRunning = false

    init(
        account: ConnectorAccount, store: Store, coordination: any Coordination, term: LeaseTerm, holder: String,
        logger: Logger
    ) {
        self.store = store
        self.coordination = coordination
        self.account = account
        self.term = term
        self.holder = holder
        self.logger = logger
    }

    /// Returns when the outcome is committed.
    func record(_ record: AttemptRecord) async {
        await withCheckedContinuation { done in
            queue.append(Pending(record: record, done: done))
            // It ends by itself when the queue is empty; those who wait in the queue wait for it.
            if !isRunning {
                isRunning = true
                Task { await run() }
            }
        }
    }

    private func run() async {
        while !queue.isEmpty {
            let batch = queue
            queue = []
            await commit(batch)
        }
        isRunning = false
    }

    private func commit(_ batch: [Pending]) async {
        var wait = Duration.milliseconds(200)
        while true {
            do throws(EralinkError) {
                let last = try await store.record(
                    batch.map(\.record), account: account.id, epoch: term.proof.epoch, holder: holder)
                // The inbox's ids, as the poller rings with: of two numbers the bell keeps the greater.
                if let last { coordination.ring(.inbox, position: last) }
                // The next holder keeps back what stands behind our attempts in their chats.
                if !term.isValid { coordination.ring(.outbox(account: account.name), position: 0) }
                for pending in batch { pending.done.resume() }
                return
            } catch {
                logger.warning(
                    "outcomes cannot be stored yet", metadata: ["error": "\(error)", "count": "\(batch.count)"])
                try? await Task.sleep(for: wait)
                wait = min(wait * 2, .seconds(2))
            }
        }
    }
}
