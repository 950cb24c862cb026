import Domain

/// Decides which parts of an account start next (design.md, rule 6).
///
/// - Live parts before bulk parts, always; between chats the least `seq` first.
/// - Within a chat and lane strictly by `seq`, one in flight: a part that is being retried holds up those after it.
/// - Within a chat no bulk part starts while a live one waits or is in flight.
/// - A chat that is held, slowed by its pace or waiting for its part holds up nobody else.
/// - Never more in flight than `limits`, a part of them kept free of bulk so that a live part finds room at once.
///
/// A pure value: no clock, no I/O. Each step costs O(log n) in the parts that wait.
package struct Lanes<ID: Hashable & Sendable, Chat: Hashable & Sendable>: Sendable {
    package typealias Part = LanePart<ID, Chat>

    package struct Limits: Sendable {
        package var inFlight: Int
        package var bulkInFlight: Int

        package init(inFlight: Int = 64, bulkInFlight: Int = 48) {
            self.inFlight = max(1, inFlight)
            self.bulkInFlight = max(1, min(bulkInFlight, self.inFlight))
        }
    }

    struct ChatLanes: Sendable {
        var live = ChatLane<ID>()
        var bulk = ChatLane<ID>()

        var isEmpty: Bool { live.isEmpty && bulk.isEmpty }

        subscript(lane: Lane) -> ChatLane<ID> {
            get { lane == .live ? live : bulk }
            // In place: a copy of the queue for each step would cost its whole length.
            _modify { if lane == .live { yield &live } else { yield &bulk } }
        }
    }

    let limits: Limits
    private var pace: Pace
    private var chatPace: ChatPace<Chat>
    var parts: [ID: Part] = [:]
    var chats: [Chat: ChatLanes] = [:]
    private var schedule = LaneSchedule<Chat>()
    private var held = ExpiringTimes<Chat>()
    /// Chats that the provider has told to wait, for the rule that a second one stops the account.
    var throttled: [Chat: ContinuousClock.Instant] = [:]
    private var inFlight: [Lane: Int] = [:]
    private var waitingCounts: [Lane: Int] = [:]
    /// Nothing starts before it.
    package private(set) var pausedUntil: ContinuousClock.Instant?

    package init(pace: Pace, chatPace: ChatPace<Chat>, limits: Limits = Limits()) {
        self.pace = pace
        self.chatPace = chatPace
        self.limits = limits
    }

    /// Waiting parts of a lane; those in flight are not among them.
    package func waiting(_ lane: Lane) -> Int { waitingCounts[lane] ?? 0 }

    package func inFlight(_ lane: Lane) -> Int { inFlight[lane] ?? 0 }
    package func contains(_ id: ID) -> Bool { parts[id] != nil }
    package var isEmpty: Bool { parts.isEmpty }

    /// - Returns: false if the part is already here, waiting or in flight.
    @discardableResult
    package mutating func add(_ part: Part, now: ContinuousClock.Instant) -> Bool {
        guard parts[part.id] == nil else { return false }
        parts[part.id] = part
        enqueue(part, now)
        return true
    }

    /// Takes a waiting part out, one that was cancelled or has expired.
    /// - Returns: nil if it is not here or in flight: what was started is ended by `finished` or `retry`.
    @discardableResult
    package mutating func remove(_ id: ID, now: ContinuousClock.Instant) -> Part? {
        guard let part = parts[id], chats[part.chat]?[part.lane].inFlight != id else { return nil }
        parts[id] = nil
        chats[part.chat]?[part.lane].queue.remove(id)
        waitingCounts[part.lane, default: 0] -= 1
        settle(part.chat, now)
        return part
    }

    /// Starts go on at that pace from now on.
    package mutating func follow(_ pace: Pace) { self.pace = pace }

    /// The parts that start now, in this order; they are in flight from here on.
    package mutating func next(_ now: ContinuousClock.Instant) -> [Part] {
        schedule.wake(now)
        var started: [Part] = []
        while let lane = readyLane, (pausedUntil ?? now) <= now, pace.nextAllowed(now, count: weight(lane)) <= now {
            guard let chat = schedule.popReady(lane), let entry = chats[chat]?[lane].queue.popHead(),
                let part = parts[entry.id]
            else { continue }
            // Both were asked before the part became ready.
            pace.charge(now, count: part.weight)
            chatPace.charge(chat, now, count: part.weight)
            chats[chat]?[lane].inFlight = part.id
            inFlight[lane, default: 0] += 1
            waitingCounts[lane, default: 0] -= 1
            settle(chat, now)
            started.append(part)
        }
        return started
    }

    /// When `next` may have something that it has not now; nil if only an event can bring it.
    package func wakeAt(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard totalInFlight < limits.inFlight else { return nil }
        let lane = readyLane
        guard let due = lane == nil ? schedule.nextWake : now else { return nil }
        return max(due, pausedUntil ?? due, pace.nextAllowed(now, count: lane.map(weight) ?? 1))
    }

    /// A part in flight has its final outcome: sent, failed or given up; the next one of its chat may go.
    package mutating func finished(_ id: ID, now: ContinuousClock.Instant) {
        guard let part = land(id) else { return }
        parts[id] = nil
        settle(part.chat, now)
    }

    /// A part in flight waits for another attempt, ahead of those after it.
    package mutating func retry(_ id: ID, notBefore: ContinuousClock.Instant?, now: ContinuousClock.Instant) {
        guard var part = land(id) else { return }
        part.notBefore = notBefore
        parts[id] = part
        enqueue(part, now)
    }

    /// Nothing of the chat starts before `until`; an earlier hold that lasts longer stays.
    package mutating func hold(_ chat: Chat, until: ContinuousClock.Instant, now: ContinuousClock.Instant) {
        guard until > held.after(now, chat) ?? now else { return }
        held.set(chat, until, now: now)
        settle(chat, now)
    }

    /// Nothing of the account starts before `until`; a pause that lasts longer stays.
    package mutating func pause(until: ContinuousClock.Instant) {
        pausedUntil = max(pausedUntil ?? until, until)
    }

    /// Ends a pause ahead of its time.
    package mutating func resume() { pausedUntil = nil }

    private var totalInFlight: Int { inFlight(.live) + inFlight(.bulk) }

    /// As how many starts the next one of the lane counts.
    private func weight(_ lane: Lane) -> Int {
        let head = schedule.firstReady(lane).flatMap { chats[$0]?[lane].queue.head }
        return head.flatMap { parts[$0.id]?.weight } ?? 1
    }

    private var readyLane: Lane? {
        guard totalInFlight < limits.inFlight else { return nil }
        if schedule.hasReady(.live) { return .live }
        return schedule.hasReady(.bulk) && inFlight(.bulk) < limits.bulkInFlight ? .bulk : nil
    }

    private mutating func enqueue(_ part: Part, _ now: ContinuousClock.Instant) {
        chats[part.chat, default: ChatLanes()][part.lane].queue.insert(part.seq, part.id)
        waitingCounts[part.lane, default: 0] += 1
        settle(part.chat, now)
    }

    private mutating func land(_ id: ID) -> Part? {
        guard let part = parts[id], chats[part.chat]?[part.lane].inFlight == id else { return nil }
        chats[part.chat]?[part.lane].inFlight = nil
        inFlight[part.lane, default: 0] -= 1
        return part
    }

    /// Puts the chat's two heads where they belong now: ready, waiting for a moment, or waiting for an event.
    private mutating func settle(_ chat: Chat, _ now: ContinuousClock.Instant) {
        guard let lanes = chats[chat], !lanes.isEmpty else {
            chats[chat] = nil
            schedule.forget(chat)
            return
        }
        let free = max(chatPace.nextAllowed(chat, now), held.after(now, chat) ?? now)
        for lane in Lane.allCases {
            let mayGo = lanes[lane].inFlight == nil && (lane == .live || lanes.live.isEmpty)
            if mayGo, let head = lanes[lane].queue.head {
                let at = max(free, parts[head.id]?.notBefore ?? free)
                schedule.set(chat, lane, seq: head.seq, at: at, now: now)
            } else {
                schedule.clear(chat, lane)
            }
        }
    }
}

/// One lane of one chat.
struct ChatLane<ID: Hashable & Sendable>: Sendable {
    var queue = LaneQueue<ID>()
    var inFlight: ID?

    var isEmpty: Bool { queue.count == 0 && inFlight == nil }
}
