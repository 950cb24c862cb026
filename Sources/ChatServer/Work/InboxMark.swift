import Domain

/// Up to which id the inbox need not be looked through again, since what was taken leaves index entries behind until a vacuum.
///
/// Rows appear out of the order of their ids, so ids count as done only some time after greater ones were taken; and now and
/// then everything is looked through, for a row that took longer still.
struct InboxMark: Sendable {
    /// How long a transaction that stores rows may take.
    static let patience = Duration.seconds(3)
    private static let step = Duration.milliseconds(200)

    private let lookAgain: Duration
    private var taken: [(at: ContinuousClock.Instant, last: Int64)] = []
    private var done: Int64 = 0
    private var nextLook: ContinuousClock.Instant?

    init(lookAgain: Duration) { self.lookAgain = lookAgain }

    mutating func took(_ last: Int64, _ now: ContinuousClock.Instant) {
        if let newest = taken.last, now - newest.at < Self.step { return }
        taken.append((now, last))
    }

    /// Rows up to this id need not be looked for now; 0: look for all.
    mutating func after(_ now: ContinuousClock.Instant) -> Int64 {
        if let nextLook, now < nextLook {
            while let first = taken.first, now - first.at >= Self.patience {
                done = max(done, first.last)
                taken.removeFirst()
            }
            return done
        }
        nextLook = now + lookAgain
        return 0
    }
}
