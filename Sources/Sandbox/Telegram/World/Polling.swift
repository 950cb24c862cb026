/// The long poll of one bot: what waits, what ends what, and how busy loops are slowed down (digest, section 2).
struct Polling {
    struct Waiting: Equatable {
        var call: UInt64
        var offset: Int
        var limit: Int
        var deadline: Double
        /// An update came and the answer is due in a moment, with what else comes until then.
        var isWoken = false
    }

    private(set) var waiting: Waiting?
    private var previousOffset: Int?
    private var previousStart = 0.0
    private var nextConflict = 0.0

    static let maximumTimeout = 50
    static let conflictDelay = 3.0

    /// The limit and timeout that count, after the protection against busy loops.
    mutating func began(offset: Int, limit: Int, timeout: Int, now: Double) -> (limit: Int, timeout: Int) {
        var (limit, timeout) = (limit, timeout)
        if offset == previousOffset {
            if timeout < 3, now < previousStart + 3 { timeout = 3 }
            if now < previousStart + 0.5 { limit = 1 }
        }
        previousOffset = offset
        previousStart = now
        return (limit, timeout)
    }

    /// Lets a call wait and gives the older one that it ends.
    mutating func wait(_ call: Waiting) -> Waiting? {
        defer { waiting = call }
        return waiting
    }

    mutating func woken() { waiting?.isWoken = true }

    /// Ends the waiting and gives what waited.
    mutating func end() -> Waiting? {
        defer { waiting = nil }
        return waiting
    }

    /// Seconds until the next conflict may be answered: the first at once, those that follow within 3 s late.
    mutating func conflictAnswerDelay(now: Double) -> Double {
        guard now >= nextConflict else { return Self.conflictDelay }
        nextConflict = now + Self.conflictDelay
        return 0
    }
}
