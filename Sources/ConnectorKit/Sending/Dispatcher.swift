import Coordination
import Domain
import Logging
import Store

/// Sends an account's parts while it holds the lease: reads the queue into the lanes, records attempts before they start, starts
/// them at the account's pace, and has their outcomes recorded.
actor Dispatcher {
    /// An attempt that is recorded and waits for its moment to start.
    struct Job: Sendable {
        var queued: QueuedPart
        var claim: ClaimedPart
    }

    struct Settings: Sendable {
        /// Starts per second over the account; 0: no limit.
        var rate: Int
        var ratePerChat: Int
        var burstPerChat: Int
        /// After so long another holder may act on an attempt: longer than any attempt takes.
        var attemptDeadline: Duration
        /// Requests under way at once.
        var inFlight = 256
        /// Parts of a lane that are held in memory.
        var window = 2000
    }

    private let account: ConnectorAccount
    private let connector: any MessengerConnector
    private let store: Store
    private let coordination: any Coordination
    private let term: LeaseTerm
    private let holder: String
    private let recorder: OutcomeRecorder
    private let settings: Settings
    private let metrics: ConnectorMetrics
    private let logger: Logger
    private let alarm = Alarm()

    private var lanes: Lanes<Int64, String>
    private var gate: Pace
    private var parts: [Int64: QueuedPart] = [:]
    private var running: Set<Int64> = []
    /// Parts whose last claim may have been committed although it failed here.
    private var unheard: Set<Int64> = []
    private var lastSeen: [Lane: Int64] = [:]
    private var nextScan = ContinuousClock.now
    private var nextExpiry = ContinuousClock.now
    private var typed: [String: ContinuousClock.Instant] = [:]
    private var isRung = false
    /// Attempts of earlier holders may still be under way, and keep back what stands behind them in their chats.
    private var isBehindOthers = true

    /// Attempts to be performed; at most `settings.inFlight` of them are there at once.
    nonisolated let jobs: AsyncStream<Job>
    private let jobSink: AsyncStream<Job>.Continuation

    init(
        account: ConnectorAccount, connector: any MessengerConnector, store: Store, coordination: any Coordination,
        term: LeaseTerm, holder: String, settings: Settings, metrics: ConnectorMetrics, logger: Logger
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
        recorder = OutcomeRecorder(
            account: account, store: store, coordination: coordination, term: term, holder: holder, logger: logger)
        lanes = Lanes(
            pace: Pace(rate: settings.rate),
            chatPace: ChatPace(rate: settings.ratePerChat, burst: settings.burstPerChat),
            limits: .init(inFlight: settings.inFlight, bulkInFlight: settings.inFlight * 3 / 4))
        gate = Pace(rate: settings.rate)
        (jobs, jobSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(settings.inFlight))
    }

    // MARK: the loop

    /// Claims what may start, until the task is cancelled or the lease's term is over. Attempts that were claimed go on.
    func run() async {
        await withTaskGroup { group in
            group.addTask { [alarm, coordination, account] in
                for await _ in coordination.rings(.outbox(account: account.name)) {
                    await self.heardBell()
                    alarm.ring()
                }
            }
            await loop()
            group.cancelAll()
        }
        jobSink.finish()
    }

    private func heardBell() { isRung = true }

    private func loop() async {
        await rememberHolds()
        while !Task.isCancelled && term.isValid {
            await refill()
            let now = ContinuousClock.now
            let due = lanes.next(now)
            if !due.isEmpty {
                await claim(due.map(\.id))
                continue
            }
            let wake = lanes.wakeAt(now) ?? nextScan
            await alarm.wait(until: min(wake, nextScan, term.until))
        }
    }

    /// Holds that the messenger imposed on an earlier holder are obeyed across restarts.
    private func rememberHolds() async {
        do throws(EralinkError) {
            let now = ContinuousClock.now
            for (chat, wait) in try await store.holds(of: account.id) {
                if let chat {
                    lanes.throttled(chat: chat, until: now + wait, now: now)
                } else {
                    lanes.pause(until: now + wait)
                }
            }
        } catch {
            logger.warning("holds cannot be read", metadata: ["error": "\(error)"])
        }
    }

    // MARK: filling the lanes

    private func refill() async {
        let now = ContinuousClock.now
        let rung = isRung
        let scan = now >= nextScan || (rung && isBehindOthers)
        guard scan || rung || lanes.waiting(.bulk) < settings.window / 4 && mayHaveMore(.bulk) else { return }
        isRung = false
        do throws(EralinkError) {
            if scan {
                nextScan = now + .seconds(1)
                try await lookAfterOldAttempts()
            }
            let looks = [Lane.live, .bulk].compactMap { lane -> QueueLook? in
                let room = settings.window - lanes.waiting(lane)
                // Ids appear in their order; a scan from the beginning also finds what was put back.
                return room > 0
                    ? QueueLook(
                        lane: lane, after: scan ? nil : lastSeen[lane], excluding: scan ? Array(parts.keys) : [],
                        limit: room) : nil
            }
            let found = try await store.look(
                looks, account: account.id, epoch: term.proof.epoch, typing: rung || scan, others: isBehindOthers)
            for (look, parts) in zip(looks, found.parts) { add(parts, to: look.lane) }
            isBehindOthers = found.isBehindOthers
            showTyping(in: found.typing)
        } catch {
            if !Task.isCancelled {
                logger.warning("the outbox cannot be read", metadata: ["error": "\(error)"])
            }
            nextScan = ContinuousClock.now + .seconds(1)
        }
    }

    private var isExhausted: [Lane: Bool] = [:]
    private func mayHaveMore(_ lane: Lane) -> Bool { isExhausted[lane] == false }

    private func add(_ found: [QueuedPart], to lane: Lane) {
        let now = ContinuousClock.now
        isExhausted[lane] = found.count < settings.window / 4
        for queued in found where parts[queued.id] == nil {
            parts[queued.id] = queued
            lanes.add(
                LanePart(
                    id: queued.id, chat: queued.part.chat, lane: lane, seq: queued.id,
                    notBefore: queued.wait > .zero ? now + queued.wait : nil), now: now)
        }
        if let last = found.last { lastSeen[lane] = max(lastSeen[lane] ?? 0, last.id) }
    }

    private func lookAfterOldAttempts() async throws(EralinkError) {
        let found = try await store.recoverAttempts(by: term.proof, holder: holder, excluding: Array(running))
        if found > 0 { logger.notice("attempts of an earlier holder were lost", metadata: ["count": "\(found)"]) }
        guard ContinuousClock.now >= nextExpiry else { return }
        nextExpiry = .now + .seconds(10)
        _ = try await store.expireParts(by: term.proof)
    }

    /// Shown 5 seconds by the messenger, so at most every 4 for one chat.
    private func showTyping(in chats: [String]) {
        if chats.isEmpty { return }
        let now = ContinuousClock.now
        typed = typed.filter { $0.value > now }
        for chat in chats where typed[chat] == nil && typed.count < 10_000 {
            typed[chat] = now + .seconds(4)
            // Of no consequence, and bounded by the messenger's own timeout.
            Task { [connector, term] in if term.isValid { await connector.showTyping(in: chat) } }
        }
    }

    // MARK: attempts

    private func claim(_ ids: [Int64]) async {
        do throws(EralinkError) {
            let claims = try await record(ids)
            unheard.subtract(ids)
            let byID = Dictionary(claims.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
            for id in ids {
                guard let claim = byID[id], let queued = parts[id] else {
                    // Cancelled, or expired meanwhile.
                    parts[id] = nil
                    lanes.finished(id, now: .now)
                    continue
                }
                running.insert(claim.attempt)
                jobSink.yield(Job(queued: queued, claim: claim))
            }
        } catch {
            logger.warning("attempts cannot be recorded", metadata: ["error": "\(error)"])
            unheard.formUnion(ids)
            let now = ContinuousClock.now
            for id in ids { lanes.retry(id, notBefore: now + .seconds(1), now: now) }
            // The lease has passed on: nothing is started any more.
            if error.code == .conflict { term.finish() }
        }
    }

    /// In a task of its own, so that it ends although ours is cancelled meanwhile: what is committed and forgotten could be sent
    /// by nobody until its deadline.
    private func record(_ ids: [Int64]) async throws(EralinkError) -> [ClaimedPart] {
        let again = ids.filter(unheard.contains)
        let claim = Task { [store, settings, term] () async -> Result<[ClaimedPart], EralinkError> in
            do throws(EralinkError) {
                return .success(
                    try await store.claim(ids, unheard: again, deadline: settings.attemptDeadline, by: term.proof))
            } catch {
                return .failure(error)
            }
        }
        return try await claim.value.get()
    }

    /// Waits for the attempt's moment; false where the lease's term is over by then.
    private func passGate() async -> Bool {
        while term.isValid {
            let now = ContinuousClock.now
            if gate.admit(now) { return true }
            try? await Task.sleep(until: gate.nextAllowed(now), clock: .continuous)
        }
        return false
    }

    /// Makes one attempt. Called once for each job, side by side; returns when its outcome is committed.
    func perform(_ job: Job) async {
        var record = AttemptRecord(
            part: job.claim.id, attempt: job.claim.attempt, number: job.claim.number, message: job.queued.part.message,
            partNumber: job.queued.part.number, chat: job.queued.part.chat, startedAt: job.claim.startedAt,
            verdict: .again(after: .zero), outcome: "not_started")
        guard await passGate() else {
            await recorder.record(record)
            return finish(job, .settled(.queued))
        }
        let began = ContinuousClock.now
        let report = await connector.send(job.queued.part)
        metrics.requested(account.name, "send", report.outcome, took: ContinuousClock.now - began)
        let decision = OutcomeRules.decide(
            report.outcome, policy: job.queued.policy, attempts: job.claim.number, jitter: .random(in: 0...1))
        record.verdict = decision.verdict
        record.outcome = decision.outcome
        record.externalID = decision.externalID
        record.reason = decision.reason
        record.blocked = decision.blocked
        record.hold = decision.hold
        record.request = report.request
        record.response = report.response
        let pause = stop(for: decision, job)
        await recorder.record(record)
        if let pause { await tell(pause, decision) }
        finish(job, decision.verdict)
    }

    /// What an outcome stops beside its own part; the account's pause, if it is the account.
    private func stop(for decision: OutcomeRules.Decision, _ job: Job) -> Duration? {
        let now = ContinuousClock.now
        if let hold = decision.hold,
            case .account = lanes.throttled(chat: job.queued.part.chat, until: now + hold, now: now)
        {
            logger.notice("the messenger throttles the account", metadata: ["seconds": "\(hold)"])
            return hold
        }
        guard decision.accountProblem != nil else { return nil }
        lanes.pause(until: now + OutcomeRules.accountRest)
        return OutcomeRules.accountRest
    }

    /// Remembers across restarts what holds the account, and tells agents and admins.
    private func tell(_ pause: Duration, _ decision: OutcomeRules.Decision) async {
        do throws(EralinkError) {
            var position = try await store.pause(
                account.id, for: pause, reason: decision.reason?.text ?? "the messenger asked to wait")
            if let problem = decision.accountProblem {
                position = try await store.setProblem(problem, of: account.id) ?? position
            }
            if let position { coordination.ring(.events, position: position) }
        } catch {
            logger.warning("the account's pause cannot be stored", metadata: ["error": "\(error)"])
        }
    }

    private func finish(_ job: Job, _ verdict: AttemptRecord.Verdict) {
        running.remove(job.claim.attempt)
        let now = ContinuousClock.now
        switch verdict {
        case .settled:
            parts[job.claim.id] = nil
            lanes.finished(job.claim.id, now: now)
        case .again(let wait):
            lanes.retry(job.claim.id, notBefore: now + wait, now: now)
        }
        alarm.ring()
    }
}
