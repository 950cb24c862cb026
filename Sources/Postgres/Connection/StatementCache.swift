/// The prepared statements of one connection, by text and argument types. Least recently used ones go first.
struct StatementCache {
    struct Key: Hashable {
        var sql: String
        var oids: [UInt32]
    }

    private struct Entry {
        var name: String
        var lastUse: UInt64
    }

    private let limit: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0
    private var lastName: UInt64 = 0
    /// Names that the server still has and nobody uses; freed with the next call.
    private(set) var discarded: [String] = []

    init(limit: Int) { self.limit = max(limit, 1) }

    mutating func name(for key: Key) -> String? {
        uses += 1
        guard let name = entries[key]?.name else { return nil }
        entries[key]?.lastUse = uses
        return name
    }

    /// Never one that was used before: a statement that failed to be prepared leaves no trace to be confused with.
    mutating func makeName() -> String {
        lastName += 1
        return "s\(lastName)"
    }

    mutating func insert(_ name: String, for key: Key) {
        uses += 1
        if let old = entries.updateValue(Entry(name: name, lastUse: uses), forKey: key) { discarded.append(old.name) }
        // A tenth at once, so that a stream of one-off statements does not search the table each time.
        if entries.count > limit {
            let victims = entries.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(max(limit / 10, 1))
            for (key, entry) in victims {
                entries[key] = nil
                discarded.append(entry.name)
            }
        }
    }

    mutating func remove(_ key: Key) {
        if let entry = entries.removeValue(forKey: key) { discarded.append(entry.name) }
    }

    mutating func takeDiscarded() -> [String] {
        defer { discarded.removeAll() }
        return discarded
    }
}
