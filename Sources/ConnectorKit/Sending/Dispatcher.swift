import Coordination
import Domain
import Logging
import Store

/// Sends an account's parts while it holds the lease: reads the queue into the lanes, records attempts before they start, starts
/// them at the account's pace, and has their outcomes recorded.
actor Dispatcher {
    /// Attempts that are recorded and wait for their moment to start: one, or those of an album.
    struct Job: Sendable {
        struct Member: Sendable {
            var queued: QueuedPart
            var claim: ClaimedPart
        }

        /// What the lanes know it by: its first part.
        var unit: Int64
        var members: [Member]

        var chat: String { members[0].queued.part.chat }
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
    /// The starts as they happen; the lanes look ahead of it by the time that recording them takes.
    private var gate: Pace
    /// Recorded, and waiting at the gate.
    private var atGate = 0
    /// How long it takes to record attempts, smoothed.
    private var claimTime = Duration.milliseconds(3)
    private var parts: [Int64: QueuedPart] = [:]
    private var gathering: AlbumGathering
    /// The parts of a unit of the lanes, where they are others than itself.
    private var albums: [Int64: [Int64]] = [:]
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
        gathering = AlbumGathering(limit: connector.albumLimit) { connector.canSendTogether($0) }
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
            for unit in gathering.due(now) { enqueue(unit, now) }
            let lead = min(max(claimTime * 2, .milliseconds(4)), .milliseconds(50))
            lanes.follow(gate.seenAhead(lead, chosen: atGate, now))
            let due = lanes.next(now)
            if !due.isEmpty {
                await claim(due.map(\.id))
                continue
            }
            let wake = lanes.wakeAt(now) ?? nextScan
            await alarm.wait(until: min(wake, gathering.nextDue ?? nextScan, nextScan, term.until))
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
                let room = settings.window - lanes.waiting(lane) - gathering.held(lane)
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
            for unit in gathering.add(queued, now: now) { enqueue(unit, now) }
        }
        if let last = found.last { lastSeen[lane] = max(lastSeen[lane] ?? 0, last.id) }
    }

    private func enqueue(_ unit: [QueuedPart], _ now: ContinuousClock.Instant) {
        guard let first = unit.first else { return }
        if unit.count > 1 { albums[first.id] = unit.map(\.id) }
        let wait = unit.map(\.wait).max() ?? .zero
        lanes.add(
            LanePart(
                id: first.id, chat: first.part.chat, lane: first.part.lane, seq: first.id,
                notBefore: wait > .zero ? now + wait : nil, weight: unit.count), now: now)
    }

    private func members(of unit: Int64) -> [Int64] { albums[unit] ?? [unit] }

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

    private func claim(_ units: [Int64]) async {
        let ids = units.flatMap(members)
        let began = ContinuousClock.now
        do throws(EralinkError) {
            let claims = try await record(ids)
            claimTime = (claimTime * 7 + (ContinuousClock.now - began)) / 8
            unheard.subtract(ids)
            let byID = Dictionary(claims.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
            for unit in units { start(unit, byID) }
        } catch {
            logger.warning("attempts cannot be recorded", metadata: ["error": "\(error)"])
            unheard.formUnion(ids)
            let now = ContinuousClock.now
            for unit in units { lanes.retry(unit, notBefore: now + .seconds(1), now: now) }
            // The lease has passed on: nothing is started any more.
            if error.code == .conflict { term.finish() }
        }
    }

    private func start(_ unit: Int64, _ claims: [Int64: ClaimedPart]) {
        var members: [Job.Member] = []
        for id in self.members(of: unit) {
            guard let claim = claims[id], var queued = parts[id] else {
                // Cancelled, or expired meanwhile.
                parts[id] = nil
                continue
            }
            if let rewritten = claim.rewritten {
                queued.part.content = rewritten.content
                queued.part.keyboard = rewritten.keyboard
                parts[id] = queued
            }
            running.insert(claim.attempt)
            members.append(.init(queued: queued, claim: claim))
        }
        keep(members.map(\.queued.id), of: unit)
        if members.isEmpty {
            lanes.finished(unit, now: .now)
        } else {
            atGate += members.count
            jobSink.yield(Job(unit: unit, members: members))
        }
    }

    /// What is left of a unit.
    private func keep(_ members: [Int64], of unit: Int64) {
        albums[unit] = members.isEmpty || members == [unit] ? nil : members
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
    private func passGate(_ count: Int) async -> Bool {
        defer { atGate -= count }
        while term.isValid {
            let now = ContinuousClock.now
            if gate.admit(now, count: count) { return true }
            try? await Task.sleep(until: gate.nextAllowed(now, count: count), clock: .continuous)
        }
        return false
    }

    /// Makes one attempt. Called once for each job, side by side; returns when its outcome is committed.
    func perform(_ job: Job) async {
        guard await passGate(job.members.count) else {
            await record(job.members.map { AttemptRecord(notStarted: $0) })
            return finish(job, job.members.map { _ in .settled(.queued) })
        }
        let began = ContinuousClock.now
        let reports = await attempt(job.members.map(\.queued.part))
        let decisions = zip(job.members, reports).map { member, report in
            OutcomeRules.decide(
                report.outcome, policy: member.queued.policy, attempts: member.claim.number, jitter: .random(in: 0...1))
        }
        for report in reports {
            metrics.requested(account.name, "send", report.outcome, took: ContinuousClock.now - began)
        }
        let pauses = decisions.map { stop(for: $0, job) }
        let records = job.members.indices.map { index in
            index < reports.count
                ? AttemptRecord(of: job.members[index], decisions[index], reports[index])
                : AttemptRecord(notStarted: job.members[index])
        }
        await record(records)
        for (pause, decision) in zip(pauses, decisions) {
            if let pause { await tell(pause, decision) }
        }
        finish(job, records.map(\.verdict))
    }

    /// A report for each part that was begun.
    private nonisolated func attempt(_ parts: [OutgoingPart]) async -> [SendReport] {
        // Some of an album were taken back meanwhile, and the others are none any more: the rest is claimed anew, since each
        // request begins within its own attempt's time and the lease's term.
        guard parts.count > 1, connector.canSendTogether(parts) else { return [await connector.send(parts[0])] }
        var reports = await connector.sendAlbum(parts)
        let lost = Reason(code: "unknown", text: "the connector did not say what came of it")
        while reports.count < parts.count {
            reports.append(SendReport(outcome: .ambiguous(lost), request: "", response: nil))
        }
        return reports
    }

    /// In one commit, as far as the recorder has it so.
    private func record(_ records: [AttemptRecord]) async {
        await withDiscardingTaskGroup { group in
            for record in records { group.addTask { [recorder] in await recorder.record(record) } }
        }
    }

    /// What an outcome stops beside its own part; the account's pause, if it is the account.
    private func stop(for decision: OutcomeRules.Decision, _ job: Job) -> Duration? {
        let now = ContinuousClock.now
        if let hold = decision.hold, case .account = lanes.throttled(chat: job.chat, until: now + hold, now: now) {
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

    private func finish(_ job: Job, _ verdicts: [AttemptRecord.Verdict]) {
        let now = ContinuousClock.now
        var left: [Int64] = []
        var wait = Duration.zero
        for (member, verdict) in zip(job.members, verdicts) {
            running.remove(member.claim.attempt)
            switch verdict {
            case .settled: parts[member.queued.id] = nil
            case .again(let after):
                left.append(member.queued.id)
                wait = max(wait, after)
            }
        }
        keep(left, of: job.unit)
        if left.isEmpty {
            lanes.finished(job.unit, now: now)
        } else {
            lanes.retry(job.unit, notBefore: now + wait, now: now)
        }
        alarm.ring()
    }
}

extension AttemptRecord {
    fileprivate init(of member: Dispatcher.Job.Member) {
        self.init(
            part: member.claim.id, attempt: member.claim.attempt, number: member.claim.number,
            message: member.queued.part.message, partNumber: member.queued.part.number, chat: member.queued.part.chat,
            startedAt: member.claim.startedAt, verdict: .again(after: .zero), outcome: "")
    }

    fileprivate init(notStarted member: Dispatcher.Job.Member) {
        self.init(of: member)
        outcome = "not_started"
    }

    fileprivate init(of member: Dispatcher.Job.Member, _ decision: OutcomeRules.Decision, _ report: SendReport) {
        self.init(of: member)
        verdict = decision.verdict
        outcome = decision.outcome
        externalID = decision.externalID
        reason = decision.reason
        blocked = decision.blocked
        hold = decision.hold
        request = report.request
        response = report.response
    }
}
