import DequeModule

/// Events that wait to be written to one socket. Bounded: past the bound it is emptied, and the session is fed from the log
/// at the client's pace until it has caught up (agent-api.md, "Connection": 1000 events or 1 MiB unread).
struct SessionInbox: Sendable {
    private(set) var events: Deque<FeedEvent> = []
    private(set) var bytes = 0
    /// The session reads the log by itself; what is delivered meanwhile it will find there.
    private(set) var isReadingLog = true
    let maxEvents: Int
    let maxBytes: Int

    init(maxEvents: Int, maxBytes: Int) {
        self.maxEvents = maxEvents
        self.maxBytes = maxBytes
    }

    /// Whether the session must be woken: it was idle, or it has just fallen behind.
    mutating func append(_ new: [FeedEvent]) -> Bool {
        if isReadingLog { return false }
        let wasEmpty = events.isEmpty
        events.append(contentsOf: new)
        bytes += new.reduce(0) { $0 + $1.frame.count }
        guard events.count > maxEvents || bytes > maxBytes else { return wasEmpty }
        fallBehind()
        return true
    }

    mutating func pop() -> FeedEvent? {
        guard let event = events.popFirst() else { return nil }
        bytes -= event.frame.count
        return event
    }

    mutating func becomeLive() {
        clear()
        isReadingLog = false
    }

    mutating func fallBehind() {
        clear()
        isReadingLog = true
    }

    private mutating func clear() {
        events = []
        bytes = 0
    }
}
