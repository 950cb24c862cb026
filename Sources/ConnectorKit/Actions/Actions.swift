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
        var busy = Duration.seconds(45)
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
    private nonisolated let jobs: AsyncStream<ClaimedAction>
    private let jobSink: AsyncStream<ClaimedAction>.Continuation

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
            let (actions, next) = try await store.claimActions(limit: room, busy: settings.busy, by: term.proof)
            running += actions.count
            for action in actions { jobSink.yield(action) }
            guard actions.isEmpty else { return .zero }
            // What is due but stands behind another one of its chat is looked at again when that has ended.
            return min(max(next ?? .seconds(1), .milliseconds(50)), .seconds(1))
        } catch {
            if error.code == .conflict { term.finish() }
            if !Task.isCancelled { logger.warning("actions cannot be read", metadata: ["error": "\(error)"]) }
            return .seconds(1)
        }
    }

    private func perform(_ job: ClaimedAction) async {
        let began = ContinuousClock.now
        let report = await connector.perform(job.action)
        let now = ContinuousClock.now
        var record = ActionRules.decide(
            report.outcome, id: job.id, attempts: job.attempts, jitter: .random(in: 0...1))
        record.request = report.request
        record.response = report.response
        metrics.requested(account.name, job.action.kind.label, record.outcome, took: now - began)
        holds.note(report.outcome, chat: job.action.chat, now: now)
        await keep(record)
        running -= 1
        alarm.ring()
    }

    /// Until it is committed: a refusal that is forgotten would leave a history that is not true.
    private func keep(_ record: ActionRecord) async {
        var wait = Duration.milliseconds(200)
        while true {
            do throws(EralinkError) {
                return tell(try await store.record([record], by: term.proof, holder: holder))
            } catch {
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
