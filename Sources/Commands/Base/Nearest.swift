/// What a person probably meant.
package enum Nearest {
    /// The candidate with the fewest typing errors, nil where none is near.
    package static func name(to text: String, among candidates: [String]) -> String? {
        let limit = max(1, min(text.count / 3, 4))
        let ranked = candidates.map { (name: $0, distance: distance(Array(text.lowercased()), Array($0.lowercased()))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else {
            guard text.count >= 3 else { return nil }
            return candidates.first { $0.hasPrefix(text) || $0.split(separator: ".").last.map(String.init) == text }
        }
        return best.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours.
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var older: [Int] = []
        var previous = Array(0...b.count)
        for i in 0..<a.count {
            var current = [i + 1]
            for j in 0..<b.count {
                var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, older[j - 1] + 1) }
                current.append(cost)
            }
            (older, previous) = (previous, current)
        }
        return previous[b.count]
    }
}
