import Testing

@testable import ConnectorKit

@Suite("Pace")
struct PaceTests {
    static let origin = ContinuousClock.now

    static func at(_ milliseconds: Double) -> ContinuousClock.Instant {
        origin + .nanoseconds(Int64(milliseconds * 1e6))
    }

    struct Example: Sendable, CustomTestStringConvertible {
        let rate: Int
        /// How late a waiting caller notices that its moment has come, at most.
        let lateness: Double
        var testDescription: String { "\(rate)/s, noticed up to \(lateness) ms late" }
    }

    static let examples = [1, 2, 7, 10, 25, 30, 31, 100, 333, 1000].flatMap { rate in
        [Example(rate: rate, lateness: 0), Example(rate: rate, lateness: 0.6)]
    }

    @Test(
        "a greedy caller keeps both windows as the receiver sees them, and gets 98 % of the rate", arguments: examples)
    func windows(_ example: Example) {
        var random = Seeded(UInt64(example.rate))
        var pace = Pace(rate: example.rate)
        var now = Self.at(0)
        let end = Self.at(20_000)
        var seen: [Double] = []
        while now < end {
            if pace.admit(now) {
                seen.append(now.milliseconds(since: Self.origin) + random.below(1.3))
            } else {
                let next = pace.nextAllowed(now)
                #expect(next > now)
                now = next + .nanoseconds(Int64(random.below(example.lateness) * 1e6))
            }
        }
        seen.sort()
        #expect(Self.most(seen, within: 1000) <= example.rate)
        #expect(Self.most(seen, within: 100) <= max(1, (example.rate + 9) / 10))
        let sustained = Double(seen.count - 1) / (((seen.last ?? 0) - (seen.first ?? 0)) / 1000)
        #expect(sustained >= 0.98 * Double(example.rate), "\(sustained)/s")
    }

    @Test("starts are spread, not sent in one heap at the beginning of each window", arguments: [7, 25, 30])
    func spread(rate: Int) {
        var pace = Pace(rate: rate)
        var now = Self.at(0)
        var last: ContinuousClock.Instant?
        for _ in 0..<100 {
            now = pace.nextAllowed(now)
            let isAllowed = pace.admit(now)
            #expect(isAllowed)
            if let last { #expect(last.duration(to: now) >= .milliseconds(1000 / rate - 6)) }
            last = now
        }
    }

    @Test("after silence there is no burst to make up for it")
    func noBurst() {
        var pace = Pace(rate: 30)
        let admitted = [0, 60_000, 60_001].map { pace.admit(Self.at($0)) }
        #expect(admitted == [true, true, false])
        #expect(pace.nextAllowed(Self.at(60_001)) > Self.at(60_025))
    }

    @Test(
        "who chooses ahead keeps the starts going, however late choosing ends, and is never far ahead",
        arguments: [30, 1000])
    func ahead(rate: Int) {
        var gate = Pace(rate: rate)
        let lead = 12.0
        var chosen: [Double] = []
        var started = 0
        var most = 0
        // Choosing takes 8 ms each time, and starts are noticed within half a millisecond.
        var free = 0.0
        for step in 0..<20_000 {
            let now = Double(step) / 2
            if now >= free {
                var lanes = gate.seenAhead(.milliseconds(12), chosen: chosen.count - started, Self.at(now))
                while lanes.nextAllowed(Self.at(now)) <= Self.at(now) {
                    lanes.charge(Self.at(now), count: 1)
                    free = now + 8
                    chosen.append(free)
                }
            }
            while started < chosen.count, chosen[started] <= now, gate.admit(Self.at(now)) { started += 1 }
            most = max(most, chosen.count - started)
        }
        #expect(started >= rate * 10 * 97 / 100)
        #expect(Double(most) <= lead * 2 * Double(rate) / 1000 + 1)
    }

    @Test("zero is no limit")
    func unlimited() {
        var pace = Pace(rate: 0)
        let admitted = (0..<10_000).map { _ in pace.admit(Self.at(0)) }
        #expect(!admitted.contains(false))
        #expect(pace.nextAllowed(Self.at(5)) == Self.at(5))
    }

    @Test("a chat has three at once after silence, then one a second, then three again after silence")
    func chatBurst() {
        var pace = ChatPace<Int>(rate: 1, burst: 3)
        var starts: [Double] = []
        for millisecond in stride(from: 0.0, to: 12_000, by: 1) {
            // Greedy but for a silence from 5 s to 9 s.
            if (5000..<9000).contains(millisecond) { continue }
            while pace.admit(7, Self.at(millisecond)) { starts.append(millisecond) }
        }
        #expect(starts == [0, 0, 0, 1002, 2004, 3006, 4008, 9000, 9000, 9000, 10_002, 11_004])
    }

    @Test("chats do not share their bucket, and those at rest are forgotten")
    func chatsApart() {
        var pace = ChatPace<Int>(rate: 1, burst: 3)
        for chat in 0..<100_000 {
            let now = Self.at(Double(chat))
            let isAllowed = pace.admit(chat, now)
            #expect(isAllowed)
            #expect(pace.nextAllowed(chat, now) == now)
        }
        // A thousand a second, each busy for a second: about a thousand are worth remembering.
        #expect(pace.remembered < 5000)
    }

    @Test("a chat's rate without burst keeps the windows of a rate")
    func chatWindows() {
        var pace = ChatPace<Int>(rate: 20)
        var now = Self.at(0)
        var seen: [Double] = []
        while now < Self.at(5000) {
            now = pace.nextAllowed(1, now)
            let isAllowed = pace.admit(1, now)
            #expect(isAllowed)
            seen.append(now.milliseconds(since: Self.origin))
        }
        #expect(Self.most(seen, within: 101.5) <= 2)
        #expect(Self.most(seen, within: 1001.5) <= 20)
    }

    /// The most of the sorted `moments` that lie in one half-open window.
    static func most(_ moments: [Double], within window: Double) -> Int {
        var first = 0
        var most = 0
        for (index, moment) in moments.enumerated() {
            while moment - moments[first] >= window { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }
}

extension ContinuousClock.Instant {
    func milliseconds(since origin: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = origin.duration(to: self).components
        return Double(seconds) * 1000 + Double(attoseconds) / 1e15
    }
}

/// SplitMix64: the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Double) -> Double { limit <= 0 ? 0 : Double.random(in: 0..<limit, using: &self) }
}
