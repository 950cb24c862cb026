import Coordination
import Domain
import Logging
import Store

/// Performs an account's actions while it holds the lease: edits, deletions, answers to presses, read marks. They have the
/// messenger's own allowance, apart from the lanes; how many run at once is bounded, and each chat's keep their order.
actor Actions {
    struct Settings: Sendable {
        /// Requests under way at once.
        var inFlight = 16
        /// After so long an attempt may be repeated: longer than any takes.
        var busy = Duration.seconds(30)
        /// What was claimed is started within so long or not at all, so that it has ended before it may be repeated: an old
        /// text that arrives after the newer one would stay.
        var startWithin = Duration.seconds(5)
    }

    private struct Job: Sendable {
        var claimed: ClaimedAction
        var startUntil: ContinuousClock.Instant
    }

    private let account: ConnectorAccount
    private let connector: any MessengerConnector
    private let store: Store
    private let coordination: any Coordination
    private let term: LeaseTerm
    private let holder: String
    private let settings: Settings
    private let metrics: ConnectorMetrics
    private let logger: Logger
    private let alarm = Alarm()

    private var running = 0
    private var holds = ActionHolds()
    private var nextExpiry = ContinuousClock.now

    /// At most `settings.inFlight` of them are there at once.
    private nonisolated let jobs: AsyncStream<Job>
    private let jobSink: AsyncStream<Job>.Continuation

    init(
        account: ConnectorAccount, connector: any MessengerConnector, store: Store, coordination: any Coordination,
        term: LeaseTerm, holder: String, settings: Settings = Settings(), metrics: ConnectorMetrics, logger: Logger
    ) {
        self.account = account
        self.connector = connector
        self.store = store
        self.coordination = coordination
        self.term = term
        self.holder = holder
        self.settings = settings
        self.metrics = metrics
        self.logger = logger
        (jobs, jobSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(settings.inFlight))
    }

    /// Takes what is due, until the task is cancelled or the lease's term is over. What was taken goes on in `work`.
    func run() async {
        await withTaskGroup { group in
            group.addTask { [alarm, coordination, account] in
                for await _ in coordination.rings(.outbox(account: account.name)) { alarm.ring() }
            }
            await rememberPause()
            while !Task.isCancelled && term.isValid {
                let wait = await takeDue()
                if wait > .zero { await alarm.wait(until: min(.now + wait, term.until)) }
            }
            group.cancelAll()
        }
        jobSink.finish()
    }

    /// Performs what `run` takes; returns when the last outcome is recorded.
    nonisolated func work() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await self.perform(job) } }
        }
    }

    /// What the messenger imposed on the account under an earlier holder is obeyed. Each chat's is with its actions.
    private func rememberPause() async {
        guard let holds = try? await store.holds(of: account.id) else { return }
        for (chat, wait) in holds where chat == nil { self.holds.pause(until: .now + wait) }
    }

    /// How long it is until there may be something again; a bell shortens it.
    private func takeDue() async -> Duration {
        let now = ContinuousClock.now
        if let paused = holds.pausedUntil, paused > now { return paused - now }
        let room = settings.inFlight - running
        do throws(EralinkError) {
            if now >= nextExpiry {
                nextExpiry = now + .seconds(10)
                tell(try await store.expireActions(by: term.proof))
            }
            guard room > 0 else { return .seconds(1) }
            let (actions, next) = try await claim(room)
            running += actions.count
            for action in actions {
                jobSink.yield(Job(claimed: action, startUntil: now + settings.startWithin))
            }
            guard actions.isEmpty else { return .zero }
            return min(max(next ?? .seconds(1), .milliseconds(50)), .seconds(1))
        } catch {
            if error.code == .conflict { term.finish() }
            if !Task.isCancelled { logger.warning("actions cannot be read", metadata: ["error": "\(error)"]) }
            return .seconds(1)
        }
    }

    /// In a task of its own, so that it ends although ours is cancelled meanwhile: what is claimed and forgotten is done by
    /// nobody until its time is over.
    private func claim(
        _ room: Int
    ) async throws(EralinkError) -> (actions: [ClaimedAction], next: Duration?) {
        let claim = Task { [store, settings, term] in
            do throws(EralinkError) {
                return Result<_, EralinkError>.success(
                    try await store.claimActions(limit: room, busy: settings.busy, by: term.proof))
            } catch {
                return .failure(error)
            }
        }
        return try await claim.value.get()
    }

    private func perform(_ job: Job) async {
        let (claimed, action) = (job.claimed, job.claimed.action)
        let began = ContinuousClock.now
        if term.isValid && began < job.startUntil {
            let report = await connector.perform(action)
            let now = ContinuousClock.now
            var record = ActionRules.decide(report.outcome, of: claimed, jitter: .random(in: 0...1))
            record.request = report.request
            record.response = report.response
            metrics.requested(account.name, action.kind.label, record.outcome, took: now - began)
            holds.note(report.outcome, chat: action.chat, now: now)
            await keep(record)
        } else {
            await keep(ActionRecord(of: claimed, verdict: .again(after: .zero), outcome: "not_started"))
        }
        running -= 1
        alarm.ring()
    }

    /// Until it is committed: a refusal that is forgotten would leave a history that is not true. Who is cancelled leaves it to
    /// the next holder, who repeats the attempt.
    private func keep(_ record: ActionRecord) async {
        var wait = Duration.milliseconds(200)
        while true {
            do throws(EralinkError) {
                tell(try await store.record([record], by: term.proof, holder: holder))
                // Whoever holds the lease now waits for what stands behind it.
                if !term.isValid { coordination.ring(.outbox(account: account.name), position: 0) }
                return
            } catch {
                if Task.isCancelled { return }
                logger.warning("an action's outcome cannot be stored yet", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: wait)
                wait = min(wait * 2, .seconds(2))
            }
        }
    }

    private nonisolated func tell(_ events: [EventRecord]) {
        if let last = events.last { coordination.ring(.events, position: last.position) }
    }
}
