/// What became of the texts of one chat on one leg of their way: the checker of total order and exactly once.
///
/// Every text that is put in must be unlike all others of its chat.
package struct Leg: Sendable, Equatable, CustomStringConvertible {
    package let name: String
    /// Put in and never seen at the other end.
    package let lost: [String]
    /// Seen more than once.
    package let doubled: [String]
    /// Seen, and never put in: changed on the way.
    package let strange: [String]
    /// Seen after one that was put in later.
    package let disordered: [String]

    package init(_ name: String, put: [String], got: [String]) {
        self.name = name
        let places = Dictionary(zip(put, put.indices), uniquingKeysWith: { first, _ in first })
        var seen = Set<String>()
        var doubled: [String] = []
        var strange: [String] = []
        var disordered: [String] = []
        var furthest = -1
        for text in got {
            guard let place = places[text] else {
                strange.append(text)
                continue
            }
            guard seen.insert(text).inserted else {
                doubled.append(text)
                continue
            }
            if place < furthest { disordered.append(text) }
            furthest = max(furthest, place)
        }
        lost = put.filter { !seen.contains($0) }
        self.doubled = doubled
        self.strange = strange
        self.disordered = disordered
    }

    package var isClean: Bool { lost.isEmpty && doubled.isEmpty && strange.isEmpty && disordered.isEmpty }

    /// What a test shows where it is not clean.
    package var description: String {
        let parts = [("lost", lost), ("doubled", doubled), ("strange", strange), ("disordered", disordered)]
            .filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1)" }
        return "\(name): \(parts.isEmpty ? "clean" : parts.joined(separator: ", "))"
    }
}
