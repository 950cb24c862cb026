import Domain
import Glibc

/// How it stands with ZooKeeper, for `/readyz` and the log.
package enum CoordinationStatus: Sendable, Equatable {
    case up
    /// `reason` is a sentence for a person.
    case down(since: Timestamp, reason: String)

    package var isUp: Bool { self == .up }

    /// The status after `reason` came up: the time of the first trouble is kept while it lasts.
    func down(because reason: String, at now: Timestamp) -> CoordinationStatus {
        switch self {
        case .up: .down(since: now, reason: reason)
        case .down(let since, _): .down(since: since, reason: reason)
        }
    }
}

extension Timestamp {
    /// The wall clock: only for showing since when something is so.
    static func wallClock() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
