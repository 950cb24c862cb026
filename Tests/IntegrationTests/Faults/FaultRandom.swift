import FoundationEssentials
import Synchronization

/// Chance that can be repeated: the seed is printed, and `ERALINK_FAULT_SEED` sets it.
final class FaultRandom: Sendable {
    let seed: UInt64
    private let state: Mutex<UInt64>

    init(seed: UInt64) {
        self.seed = seed
        state = Mutex(seed)
    }

    static func make() -> FaultRandom {
        let given = ProcessInfo.processInfo.environment["ERALINK_FAULT_SEED"].flatMap { UInt64($0) }
        return FaultRandom(seed: given ?? UInt64.random(in: 1...999_999))
    }

    /// SplitMix64.
    private func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9e37_79b9_7f4a_7c15
            var bits = state
            bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
            bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
            return bits ^ (bits >> 31)
        }
    }

    func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(range.lowerBound + Int(next() % UInt64(range.count)))
    }

    /// A moment at which nobody expects it.
    func wait(_ range: ClosedRange<Int> = 300...1500) async throws { try await Task.sleep(for: milliseconds(range)) }
}
