import Domain

/// Where the heads of all chats stand: ready, by lane and `seq`, or asleep until a moment.
///
/// A head that moves leaves its old entry behind in the heap; entries are told apart by a stamp and dropped when they
/// surface, or all at once when they are more than half.
struct LaneSchedule<Chat: Hashable & Sendable>: Sendable {
    private struct Key: Hashable {
        let chat: Chat
        let lane: Lane
    }

    private struct Place: Equatable {
        let stamp: UInt64
        let seq: Int64
        let at: ContinuousClock.Instant
        let isReady: Bool
    }

    private struct Ready: Comparable, Sendable {
        let seq: Int64
        let stamp: UInt64
        let chat: Chat
        static func < (a: Ready, b: Ready) -> Bool { (a.seq, a.stamp) < (b.seq, b.stamp) }
    }

    private struct Asleep: Comparable, Sendable {
        let at: ContinuousClock.Instant
        let stamp: UInt64
        let chat: Chat
        let lane: Lane
        static func < (a: Asleep, b: Asleep) -> Bool { (a.at, a.stamp) < (b.at, b.stamp) }
    }

    private var places: [Key: Place] = [:]
    private var live = MinHeap<Ready>()
    private var bulk = MinHeap<Ready>()
    private var asleep = MinHeap<Asleep>()
    private var stamps: UInt64 = 0

    func hasReady(_ lane: Lane) -> Bool { (lane == .live ? live.min : bulk.min) != nil }

    /// The first ready chat of a lane.
    func firstReady(_ lane: Lane) -> Chat? { (lane == .live ? live.min : bulk.min)?.chat }

    var nextWake: ContinuousClock.Instant? { asleep.min?.at }

    mutating func set(_ chat: Chat, _ lane: Lane, seq: Int64, at: ContinuousClock.Instant, now: ContinuousClock.Instant)
    {
        let key = Key(chat: chat, lane: lane)
        let isReady = at <= now
        if let place = places[key], place.seq == seq, place.isReady == isReady, isReady || place.at == at { return }
        stamps += 1
        places[key] = Place(stamp: stamps, seq: seq, at: at, isReady: isReady)
        if isReady {
            insertReady(lane, Ready(seq: seq, stamp: stamps, chat: chat))
        } else {
            asleep.insert(Asleep(at: at, stamp: stamps, chat: chat, lane: lane))
        }
        tidy()
    }

    mutating func clear(_ chat: Chat, _ lane: Lane) {
        if places.removeValue(forKey: Key(chat: chat, lane: lane)) != nil { tidy() }
    }

    mutating func forget(_ chat: Chat) {
        for lane in Lane.allCases { clear(chat, lane) }
    }

    /// Moves the heads whose moment has come to the ready ones.
    mutating func wake(_ now: ContinuousClock.Instant) {
        while let first = asleep.min, first.at <= now {
            asleep.popMin()
            let key = Key(chat: first.chat, lane: first.lane)
            if let place = places[key], place.stamp == first.stamp {
                places[key] = Place(stamp: place.stamp, seq: place.seq, at: place.at, isReady: true)
                insertReady(first.lane, Ready(seq: place.seq, stamp: place.stamp, chat: first.chat))
            }
            tidy()
        }
    }

    /// Takes the first ready chat of a lane; its place is cleared.
    mutating func popReady(_ lane: Lane) -> Chat? {
        guard let first = lane == .live ? live.popMin() : bulk.popMin() else { return nil }
        places[Key(chat: first.chat, lane: lane)] = nil
        tidy()
        return first.chat
    }

    private mutating func insertReady(_ lane: Lane, _ ready: Ready) {
        if lane == .live { live.insert(ready) } else { bulk.insert(ready) }
    }

    private func isCurrent(_ entry: Ready, _ lane: Lane) -> Bool {
        places[Key(chat: entry.chat, lane: lane)].map { $0.stamp == entry.stamp && $0.isReady } ?? false
    }

    private func isCurrent(_ entry: Asleep) -> Bool {
        places[Key(chat: entry.chat, lane: entry.lane)].map { $0.stamp == entry.stamp && !$0.isReady } ?? false
    }

    /// The first of each heap is always a current one.
    private mutating func tidy() {
        while let first = live.min, !isCurrent(first, .live) { live.popMin() }
        while let first = bulk.min, !isCurrent(first, .bulk) { bulk.popMin() }
        while let first = asleep.min, !isCurrent(first) { asleep.popMin() }
        if live.count + bulk.count + asleep.count > 2 * places.count + 64 {
            live = MinHeap(live.unordered.filter { isCurrent($0, .live) })
            bulk = MinHeap(bulk.unordered.filter { isCurrent($0, .bulk) })
            asleep = MinHeap(asleep.unordered.filter { isCurrent($0) })
        }
    }
}
