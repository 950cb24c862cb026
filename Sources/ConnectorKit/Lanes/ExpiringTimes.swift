/// A moment for each key, where a moment that has passed means the same as none: passed ones are swept away when the
/// number has doubled, so that memory follows what is still to come.
struct ExpiringTimes<Key: Hashable & Sendable>: Sendable {
    private var times: [Key: ContinuousClock.Instant] = [:]
    private var sweepAt = 64

    var count: Int { times.count }

    /// The moment under `key`, if it is still to come.
    func after(_ now: ContinuousClock.Instant, _ key: Key) -> ContinuousClock.Instant? {
        times[key].flatMap { $0 > now ? $0 : nil }
    }

    mutating func set(_ key: Key, _ time: ContinuousClock.Instant, now: ContinuousClock.Instant) {
        times[key] = time
        guard times.count >= sweepAt else { return }
        times = times.filter { $0.value > now }
        sweepAt = max(64, times.count * 2)
    }
}
