/// The waiting parts of one chat and lane, least `seq` first.
struct LaneQueue<ID: Hashable & Sendable>: Sendable {
    struct Entry: Comparable, Sendable {
        let seq: Int64
        let id: ID
        static func < (a: Entry, b: Entry) -> Bool { a.seq < b.seq }
    }

    private var heap = MinHeap<Entry>()
    /// Removed from the middle, still in the heap.
    private var removed: Set<ID> = []

    var count: Int { heap.count - removed.count }
    var head: Entry? { heap.min }

    mutating func insert(_ seq: Int64, _ id: ID) {
        // One that comes back before its ghost was dropped must not meet it.
        if removed.contains(id) { compact() }
        heap.insert(Entry(seq: seq, id: id))
    }

    mutating func remove(_ id: ID) {
        removed.insert(id)
        dropGhosts()
        if removed.count > heap.count / 2 { compact() }
    }

    mutating func popHead() -> Entry? {
        defer { dropGhosts() }
        return heap.popMin()
    }

    /// Keeps the head a real one.
    private mutating func dropGhosts() {
        while let head = heap.min, removed.remove(head.id) != nil { heap.popMin() }
    }

    private mutating func compact() {
        let removed = removed
        heap = MinHeap(heap.unordered.filter { !removed.contains($0.id) })
        self.removed = []
    }
}
