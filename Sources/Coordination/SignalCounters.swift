import Synchronization

/// Counts what bells did since the start of the process.
final class SignalCounters: Sendable {
    enum Direction: String, CaseIterable { case rung, sent, heard }

    private struct Key: Hashable {
        let name: String
        let direction: Direction
    }

    private let counts = Mutex<[Key: Int64]>([:])

    func count(_ bell: Bell, _ direction: Direction) {
        counts.withLock { $0[Key(name: bell.name, direction: direction), default: 0] += 1 }
    }

    /// Every name with every direction, so that a metric does not come and go.
    var snapshot: [SignalCount] {
        counts.withLock { counts in
            ["inbox", "outbox", "events"].flatMap { name in
                Direction.allCases.map { direction in
                    SignalCount(
                        name: name, direction: direction.rawValue,
                        count: counts[Key(name: name, direction: direction), default: 0])
                }
            }
        }
    }
}
