/// The updates of one bot that it has not confirmed (digest, section 2). Times are seconds since 1970.
struct UpdateQueue {
    struct Entry {
        var id: Int
        /// The whole update as JSON.
        var json: [UInt8]
        var expires: Double
    }

    static let maximumCount = 100_000
    static let maximumBytes = 128 << 20
    static let answerBytes = 4 << 20
    /// An offset further than this behind the tail is taken for an error of the bot.
    static let slack = 10

    private var entries: [Entry] = []
    private var head = 0
    private var bytes = 0
    /// No update ends before this.
    private var nextExpiry = Double.infinity
    /// The id that the next update gets.
    private(set) var nextID: Int
    private(set) var dropped = 0
    private(set) var expired = 0
    private(set) var confirmed = 0

    init(firstID: Int) { nextID = firstID }

    var count: Int { entries.count - head }
    var isEmpty: Bool { count == 0 }
    private var firstID: Int { head < entries.count ? entries[head].id : nextID }

    /// Appends the update that `json` writes for the id it gets; nil where the queue is full and the update is lost.
    mutating func push(expires: Double, _ json: (Int) -> [UInt8]) -> Int? {
        guard count < Self.maximumCount, bytes < Self.maximumBytes else {
            dropped += 1
            return nil
        }
        let entry = Entry(id: nextID, json: json(nextID), expires: expires)
        entries.append(entry)
        bytes += entry.json.count
        nextExpiry = min(nextExpiry, expires)
        nextID = nextID == Int(Int32.max) ? 1 : nextID + 1
        return entry.id
    }

    /// Confirms what the offset confirms and gives the next updates, at most `limit` and about 4 MiB.
    mutating func take(offset: Int, limit: Int, now: Double) -> ArraySlice<Entry> {
        confirm(before: start(of: offset))
        dropExpired(now: now)
        var size = 0
        var end = head
        while end < entries.count, end - head < limit {
            size += entries[end].json.count
            if size > Self.answerBytes, end > head { break }
            end += 1
        }
        return entries[head..<end]
    }

    /// Where an offset begins: 0 at the head, `-k` at the last k, one too far ahead at the head.
    private func start(of offset: Int) -> Int {
        if offset == 0 { return firstID }
        if offset < 0 { return max(firstID, nextID + offset) }
        return offset > nextID + Self.slack ? firstID : offset
    }

    private mutating func confirm(before id: Int) {
        while head < entries.count, entries[head].id < id {
            confirmed += 1
            dropHead()
        }
        compact()
    }

    private mutating func dropExpired(now: Double) {
        // Kinds live for different times: one that is older but lives longer stands before one that is gone.
        guard nextExpiry <= now else { return }
        let kept = entries[head...].filter { $0.expires > now }
        expired += count - kept.count
        entries = Array(kept)
        head = 0
        bytes = kept.reduce(0) { $0 + $1.json.count }
        nextExpiry = kept.reduce(.infinity) { min($0, $1.expires) }
    }

    private mutating func dropHead() {
        bytes -= entries[head].json.count
        entries[head].json = []
        head += 1
    }

    private mutating func compact() {
        guard head > 1024, head * 2 > entries.count else {
            if head == entries.count {
                entries.removeAll(keepingCapacity: true)
                head = 0
            }
            return
        }
        entries.removeFirst(head)
        head = 0
    }

    /// Forgets everything unconfirmed and says how much that was.
    mutating func clear() -> Int {
        let lost = count
        entries = []
        head = 0
        bytes = 0
        nextExpiry = .infinity
        return lost
    }

    /// What happens to an idle bot after about a week: ids begin again, anywhere.
    mutating func restartIDs(at id: Int) -> Bool {
        guard isEmpty else { return false }
        nextID = id
        return true
    }
}
