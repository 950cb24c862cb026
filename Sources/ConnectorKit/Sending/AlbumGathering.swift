import Domain
import Store

/// Holds parts of one group back until their company is there: another kind of part of the chat follows, the album is full, or
/// nothing of the group has come for a while. Pure.
struct AlbumGathering {
    /// How long the last one of a group waits for the next.
    static let patience = Duration.milliseconds(700)

    private struct Place: Hashable {
        var chat: String
        var lane: Lane
    }

    private struct Gathering {
        var group: String
        var parts: [QueuedPart]
        var due: ContinuousClock.Instant
    }

    private let limit: Int
    private let fits: @Sendable ([OutgoingPart]) -> Bool
    private var open: [Place: Gathering] = [:]

    /// - Parameters:
    ///   - limit: parts of one album; 1: there are none.
    ///   - fits: whether these may stand in one album.
    init(limit: Int, fits: @escaping @Sendable ([OutgoingPart]) -> Bool) {
        self.limit = limit
        self.fits = fits
    }

    /// Parts that are held back.
    func held(_ lane: Lane) -> Int {
        open.reduce(0) { $0 + ($1.key.lane == lane ? $1.value.parts.count : 0) }
    }

    var nextDue: ContinuousClock.Instant? { open.values.map(\.due).min() }

    /// Takes the next part of its chat; returns what is complete, in its order: albums, and parts that belong to none.
    mutating func add(_ queued: QueuedPart, now: ContinuousClock.Instant) -> [[QueuedPart]] {
        let place = Place(chat: queued.part.chat, lane: queued.part.lane)
        var complete: [[QueuedPart]] = []
        if var gathering = open[place] {
            if gathering.group == queued.part.group, mayGather(queued.part),
                fits(gathering.parts.map(\.part) + [queued.part])
            {
                gathering.parts.append(queued)
                gathering.due = now + Self.patience
                let isFull = gathering.parts.count >= limit
                open[place] = isFull ? nil : gathering
                return isFull ? [gathering.parts] : []
            }
            complete.append(gathering.parts)
            open[place] = nil
        }
        if let group = queued.part.group, mayGather(queued.part) {
            open[place] = Gathering(group: group, parts: [queued], due: now + Self.patience)
        } else {
            complete.append([queued])
        }
        return complete
    }

    /// What has waited long enough.
    mutating func due(_ now: ContinuousClock.Instant) -> [[QueuedPart]] {
        if open.isEmpty { return [] }
        let over = open.filter { $0.value.due <= now }
        for place in over.keys { open[place] = nil }
        return over.values.map(\.parts).sorted { $0[0].id < $1[0].id }
    }

    private func mayGather(_ part: OutgoingPart) -> Bool {
        guard limit > 1, part.forward == nil, case .media = part.content else { return false }
        return true
    }
}
