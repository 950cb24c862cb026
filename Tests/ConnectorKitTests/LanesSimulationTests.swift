import Domain
import Testing

@testable import ConnectorKit

/// Random arrivals, outcomes, holds and cancellations in simulated time; every rule is checked at every step.
@Suite("Lanes, simulated")
struct LanesSimulationTests {
    static let origin = ContinuousClock.now

    struct World {
        struct Flight {
            let part: LanePart<Int, Int>
            let lands: ContinuousClock.Instant
        }

        var random: Seeded
        var now = LanesSimulationTests.origin
        var lanes: Lanes<Int, Int>
        let rate: Int
        var flights: [Flight] = []
        /// What was added and has no final outcome, in arrival order.
        var open: [Int: LanePart<Int, Int>] = [:]
        var holds: [Int: ContinuousClock.Instant] = [:]
        var starts: [ContinuousClock.Instant] = []
        var chatStarts: [Int: [ContinuousClock.Instant]] = [:]
        var nextID = 0
        var finished = 0
        var faults: [String] = []

        init(seed: UInt64, rate: Int) {
            random = Seeded(seed)
            self.rate = rate
            lanes = Lanes(pace: Pace(rate: rate), chatPace: ChatPace(rate: 1, burst: 3))
        }

        mutating func check(_ condition: Bool, _ rule: String) {
            if !condition { faults.append("\(now.milliseconds(since: LanesSimulationTests.origin)) ms: \(rule)") }
        }

        mutating func arrive(_ lane: Lane, chats: Int) {
            let part = LanePart(
                id: nextID, chat: Int.random(in: 0..<chats, using: &random), lane: lane, seq: Int64(nextID),
                notBefore: Int.random(in: 0..<20, using: &random) == 0 ? now + .milliseconds(700) : nil)
            nextID += 1
            open[part.id] = part
            check(lanes.add(part, now: now), "a new part is taken")
        }

        mutating func land() {
            for flight in flights where flight.lands <= now {
                let id = flight.part.id
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<3:
                    let until = now + .milliseconds(Int.random(in: 100..<3000, using: &random))
                    open[id]?.notBefore = until
                    hold(flight.part.chat, until)
                    if case .account(let until) = lanes.throttled(id, until: until, now: now) {
                        check(lanes.pausedUntil ?? now >= until, "the account is paused")
                    }
                case 3..<8:
                    open[id]?.notBefore = now + .milliseconds(500)
                    lanes.retry(id, notBefore: now + .milliseconds(500), now: now)
                default:
                    open[id] = nil
                    finished += 1
                    lanes.finished(id, now: now)
                }
            }
            flights.removeAll { $0.lands <= now }
        }

        mutating func hold(_ chat: Int, _ until: ContinuousClock.Instant) {
            holds[chat] = max(holds[chat] ?? until, until)
        }

        mutating func meddle(chats: Int) {
            switch Int.random(in: 0..<400, using: &random) {
            case 0:
                let chat = Int.random(in: 0..<chats, using: &random)
                let until = now + .milliseconds(900)
                hold(chat, until)
                lanes.hold(chat, until: until, now: now)
            case 1..<10:
                guard let id = open.keys.min().map({ $0 + Int.random(in: 0..<50, using: &random) }), open[id] != nil
                else { return }
                let isFlying = flights.contains { $0.part.id == id }
                check(
                    (lanes.remove(id, now: now) != nil) == !isFlying, "waiting parts can be removed, flying ones cannot"
                )
                if !isFlying { open[id] = nil }
            default: break
            }
        }

        mutating func start() {
            let started = lanes.next(now)
            for part in started {
                check(lanes.pausedUntil ?? now <= now, "nothing starts in a paused account")
                check(holds[part.chat] ?? now <= now, "nothing starts in a held chat")
                check(open[part.id]?.notBefore ?? now <= now, "nothing starts before its moment")
                check(open[part.id] != nil, "only open parts start")
                let flying = flights.filter { $0.part.chat == part.chat }
                check(!flying.contains { $0.part.lane == part.lane }, "one in flight for a chat and lane")
                for other in open.values where other.chat == part.chat && other.id != part.id {
                    if other.lane == part.lane { check(other.seq > part.seq, "order within a chat and lane") }
                    if part.lane == .bulk { check(other.lane == .bulk, "no bulk past the live ones of its chat") }
                }
                starts.append(now)
                chatStarts[part.chat, default: []].append(now)
                flights.append(Flight(part: part, lands: now + .milliseconds(Int.random(in: 1..<150, using: &random))))
            }
            for (earlier, later) in zip(started, started.dropFirst()) {
                check(!(earlier.lane == .bulk && later.lane == .live), "live first")
            }
            check(flights.count <= lanes.limits.inFlight, "limit in flight")
            checkNothingWaitsInVain()
        }

        /// Whatever may start and did not can only be waiting for the account's pace or for room, which come by themselves.
        mutating func checkNothingWaitsInVain() {
            guard lanes.pausedUntil ?? now <= now, flights.count < lanes.limits.inFlight else { return }
            guard open.values.contains(where: { $0.lane == .live && mayStart($0) }) else { return }
            let tick = max(Duration.milliseconds(100), .seconds(1) / rate) + Pace.catchUp
            let wake = lanes.wakeAt(now)
            check(
                wake.map { $0 <= now + tick + .milliseconds(2) } ?? false,
                "a live part that may start starts within one tick")
        }

        func mayStart(_ part: LanePart<Int, Int>) -> Bool {
            guard (part.notBefore ?? now) <= now, (holds[part.chat] ?? now) <= now else { return false }
            guard !flights.contains(where: { $0.part.chat == part.chat && $0.part.lane == part.lane }) else {
                return false
            }
            // The bucket of the chat: 3 at once, 1 a second.
            var level = 3.0
            var last: ContinuousClock.Instant?
            for start in chatStarts[part.chat] ?? [] {
                if let last { level = min(3, level + last.duration(to: start) / .seconds(1.0016)) }
                level -= 1
                last = start
            }
            if let last { level = min(3, level + last.duration(to: now) / .seconds(1.0016)) }
            guard level >= 1.001 else { return false }
            return !open.values.contains { $0.chat == part.chat && $0.lane == part.lane && $0.seq < part.seq }
        }
    }

    @Test(
        "all rules hold whatever happens",
        arguments: [(1, 30), (2, 30), (3, 5), (4, 100), (5, 1), (6, 30)] as [(UInt64, Int)])
    func simulate(seed: UInt64, rate: Int) {
        var world = World(seed: seed, rate: rate)
        let chats = 40
        for _ in 0..<rate * 20 { world.arrive(.bulk, chats: chats) }
        let arrivalsEnd = world.now + .seconds(15)
        let deadline = world.now + .seconds(600)
        while world.now < deadline {
            world.land()
            if world.now < arrivalsEnd {
                if Double.random(in: 0..<1, using: &world.random) < Double(rate) / 600 {
                    world.arrive(.live, chats: chats)
                }
                world.meddle(chats: chats)
            } else if world.open.isEmpty {
                break
            }
            world.start()
            let step = world.now + .milliseconds(5)
            let wake = world.lanes.wakeAt(world.now).map { max($0, world.now + .microseconds(1)) } ?? step
            world.now = min(step, wake)
        }
        #expect(world.faults.isEmpty, "\(world.faults.prefix(5))")
        #expect(world.open.isEmpty, "\(world.open.count) parts never started")
        #expect(world.lanes.isEmpty)
        #expect(world.finished > rate * 10)
        let seen = world.starts.map { $0.milliseconds(since: Self.origin) }
        #expect(PaceTests.most(seen, within: 1001.5) <= rate)
        #expect(PaceTests.most(seen, within: 101.5) <= max(1, (rate + 9) / 10))
        for starts in world.chatStarts.values {
            let seen = starts.map { $0.milliseconds(since: Self.origin) }
            #expect(PaceTests.most(seen, within: 1001) <= 3)
            #expect(PaceTests.most(seen, within: 10_000) <= 13)
        }
    }
}
