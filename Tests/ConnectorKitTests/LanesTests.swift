import Domain
import Testing

@testable import ConnectorKit

@Suite("Lanes")
struct LanesTests {
    typealias TestLanes = Lanes<Int, String>

    static let origin = ContinuousClock.now

    enum Step: Sendable {
        case add(Int, String, Lane, after: Double? = nil)
        case remove(Int)
        case finish(Int)
        case retry(Int, Double?)
        case hold(String, Double)
        case pause(Double)
        case resume
        case throttle(Int, Double, isAccount: Bool)
        /// What `next` starts at this moment.
        case next(Double, [Int])
        case wake(Double, Double?)
    }

    struct Script: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var rate = 0
        var chatRate = 0
        var burst = 1
        var limits = TestLanes.Limits()
        let steps: [Step]
    }

    static let scripts: [Script] = [
        Script(
            testDescription: "live before bulk, oldest chat first",
            steps: [
                .add(1, "a", .bulk), .add(2, "b", .bulk), .add(3, "c", .live), .add(4, "d", .live),
                .next(0, [3, 4, 1, 2]), .wake(0, nil),
            ]),
        Script(
            testDescription: "one in flight for each chat and lane, in order",
            steps: [
                .add(2, "a", .live), .add(1, "a", .live), .add(3, "b", .live), .next(0, [1, 3]), .next(1, []),
                .finish(3), .next(2, []), .finish(1), .next(3, [2]), .finish(2), .next(4, []),
            ]),
        Script(
            testDescription: "a live reply overtakes its chat's bulk, also one in flight; bulk waits for all live ones",
            steps: [
                .add(1, "a", .bulk), .add(2, "a", .bulk), .next(0, [1]), .add(3, "a", .live), .add(4, "a", .live),
                .next(1, [3]), .finish(1), .next(2, []), .finish(3), .next(3, [4]), .finish(4), .next(4, [2]),
            ]),
        Script(
            testDescription: "a retried part keeps its place and holds up its chat only",
            steps: [
                .add(1, "a", .live), .add(2, "a", .live), .add(3, "b", .live), .add(4, "a", .bulk), .next(0, [1, 3]),
                .retry(1, 500), .next(1, []), .wake(1, 500), .next(499, []), .next(500, [1]), .finish(1),
                .next(501, [2]),
            ]),
        Script(
            testDescription: "a part that waits for its moment holds up those after it",
            steps: [
                .add(1, "a", .live, after: 100), .add(2, "a", .live), .add(3, "b", .live, after: 50), .next(0, []),
                .wake(0, 50),
                .next(60, [3]), .wake(60, 100), .next(100, [1]), .finish(1), .next(100, [2]),
            ]),
        Script(
            testDescription: "a held chat waits, others go on; the longer hold counts",
            steps: [
                .add(1, "a", .live), .hold("a", 300), .hold("a", 100), .add(2, "b", .live), .next(0, [2]),
                .wake(0, 300),
                .next(200, []), .next(300, [1]),
            ]),
        Script(
            testDescription: "a hold on a chat that has nothing yet",
            steps: [.hold("a", 300), .add(1, "a", .live), .next(0, []), .wake(0, 300), .next(300, [1])]),
        Script(
            testDescription: "a paused account waits until it is resumed",
            steps: [
                .add(1, "a", .live), .pause(1000), .pause(400), .next(0, []), .wake(0, 1000), .next(999, []), .resume,
                .next(999, [1]),
            ]),
        Script(
            testDescription: "a throttled chat is held, a second one within that time stops the account",
            steps: [
                .add(1, "a", .live), .add(2, "b", .live), .add(3, "c", .live), .next(0, [1, 2, 3]),
                .throttle(1, 500, isAccount: false), .add(4, "d", .live), .next(1, [4]),
                .throttle(2, 800, isAccount: true),
                .add(5, "e", .live), .next(2, []), .wake(2, 800), .next(600, []), .next(800, [1, 2, 5]),
            ]),
        Script(
            testDescription:
                "the same chat throttled twice, or a second one after the first's time, does not stop the account",
            steps: [
                .add(1, "a", .live), .add(2, "b", .live), .next(0, [1, 2]), .throttle(1, 100, isAccount: false),
                .next(100, [1]),
                .throttle(1, 200, isAccount: false), .next(250, [1]), .throttle(2, 400, isAccount: false),
            ]),
        Script(
            testDescription:
                "a removed head gives way, a removed middle is skipped, what is in flight cannot be removed",
            steps: [
                .add(1, "a", .live), .add(2, "a", .live), .add(3, "a", .live), .add(4, "a", .live), .remove(1),
                .remove(3), .next(0, [2]),
                .remove(2), .next(1, []), .finish(2), .next(2, [4]),
            ]),
        Script(
            testDescription: "removing the last live part lets the chat's bulk go",
            steps: [.add(1, "a", .live, after: 900), .add(2, "a", .bulk), .next(0, []), .remove(1), .next(0, [2])]),
        Script(
            testDescription: "a removed part can come back",
            steps: [
                .add(1, "a", .live), .add(2, "a", .live), .add(3, "a", .live), .remove(2), .add(2, "a", .live),
                .next(0, [1]), .finish(1),
                .next(0, [2]), .finish(2), .next(0, [3]),
            ]),
        Script(
            testDescription: "a chat's pace slows that chat only",
            chatRate: 1, burst: 2,
            steps: [
                .add(1, "a", .live), .add(2, "a", .live), .add(3, "a", .live), .add(4, "b", .bulk), .next(0, [1, 4]),
                .finish(1),
                .next(0, [2]), .finish(2), .next(0, []), .wake(0, 1001.9), .next(1002, [3]),
            ]),
        Script(
            testDescription: "the account's pace: the live part takes the next turn",
            rate: 10,
            steps: [
                .add(1, "a", .bulk), .add(2, "b", .bulk), .next(0, [1]), .wake(0, 101.9), .add(3, "c", .live),
                .next(50, []),
                .next(102, [3]), .next(204, [2]),
            ]),
        Script(
            testDescription: "limits in flight: bulk leaves room for live",
            limits: TestLanes.Limits(inFlight: 3, bulkInFlight: 2),
            steps: [
                .add(1, "a", .bulk), .add(2, "b", .bulk), .add(3, "c", .bulk), .next(0, [1, 2]), .wake(0, nil),
                .add(4, "d", .live),
                .add(5, "e", .live), .next(0, [4]), .wake(0, nil), .finish(1), .next(0, [5]), .finish(2), .next(0, [3]),
            ]),
    ]

    @Test("what starts next", arguments: scripts)
    func script(_ script: Script) {
        var lanes = TestLanes(
            pace: Pace(rate: script.rate), chatPace: ChatPace(rate: script.chatRate, burst: script.burst),
            limits: script.limits)
        var now = Self.origin
        func at(_ milliseconds: Double) -> ContinuousClock.Instant {
            Self.origin + .nanoseconds(Int64(milliseconds * 1e6))
        }
        for (index, step) in script.steps.enumerated() {
            let place: Comment = "step \(index): \(String(describing: step))"
            switch step {
            case .add(let id, let chat, let lane, let after):
                let part = TestLanes.Part(id: id, chat: chat, lane: lane, seq: Int64(id), notBefore: after.map(at))
                let isNew = lanes.add(part, now: now)
                #expect(isNew, place)
            case .remove(let id): lanes.remove(id, now: now)
            case .finish(let id): lanes.finished(id, now: now)
            case .retry(let id, let after): lanes.retry(id, notBefore: after.map(at), now: now)
            case .hold(let chat, let until): lanes.hold(chat, until: at(until), now: now)
            case .pause(let until): lanes.pause(until: at(until))
            case .resume: lanes.resume()
            case .throttle(let id, let until, let isAccount):
                let expected: TestLanes.Throttled = isAccount ? .account(until: at(until)) : .chat
                let outcome = lanes.throttled(id, until: at(until), now: now)
                #expect(outcome == expected, place)
            case .next(let time, let ids):
                now = at(time)
                let started = lanes.next(now).map(\.id)
                #expect(started == ids, place)
            case .wake(let time, let expected):
                now = at(time)
                let wake = lanes.wakeAt(now)
                #expect((wake == nil) == (expected == nil), place)
                if let wake, let expected {
                    #expect(abs(wake.milliseconds(since: Self.origin) - expected) < 0.01, place)
                }
            }
        }
    }

    @Test("an album waits until all of its messages are within the rate", arguments: [2, 5, 10])
    func album(weight: Int) throws {
        var lanes = TestLanes(pace: Pace(rate: 30), chatPace: ChatPace(rate: 0))
        for id in 1...60 {
            let part = TestLanes.Part(
                id: id, chat: "\(id)", lane: .live, seq: Int64(id), weight: id % 12 == 0 ? weight : 1)
            lanes.add(part, now: Self.origin)
        }
        var starts: [ContinuousClock.Instant] = []
        var now = Self.origin
        while !lanes.isEmpty {
            now = try #require(lanes.wakeAt(now))
            for part in lanes.next(now) {
                starts += Array(repeating: now, count: part.weight)
                lanes.finished(part.id, now: now)
            }
        }
        #expect(starts.count == 55 + 5 * weight)
        for start in starts { #expect(starts.count { $0 >= start && $0 < start + .seconds(1) } <= 30) }
    }

    @Test("a part that is here is not added twice")
    func noDouble() {
        var lanes = TestLanes(pace: Pace(rate: 0), chatPace: ChatPace(rate: 0))
        let part = TestLanes.Part(id: 1, chat: "a", lane: .live, seq: 1)
        var taken = [lanes.add(part, now: Self.origin), lanes.add(part, now: Self.origin)]
        _ = lanes.next(Self.origin)
        taken.append(lanes.add(part, now: Self.origin))
        lanes.finished(1, now: Self.origin)
        #expect(lanes.isEmpty)
        taken.append(lanes.add(part, now: Self.origin))
        #expect(taken == [true, false, false, true])
    }

    @Test(
        "a live reply among 100,000 bulk parts starts in the next turn, and no step grows with their number",
        arguments: [1, 100_000])
    func manyBulk(chats: Int) {
        let clock = ContinuousClock()
        let count = 100_000
        var lanes = Lanes<Int, Int>(pace: Pace(rate: 1000), chatPace: ChatPace(rate: 0))
        var now = Self.origin
        let spent = clock.measure {
            for id in 0..<count { lanes.add(.init(id: id, chat: id % chats, lane: .bulk, seq: Int64(id)), now: now) }
            for step in 0..<5000 {
                now = lanes.wakeAt(now) ?? now
                if step % 100 == 0 {
                    lanes.add(.init(id: count + step, chat: 3, lane: .live, seq: Int64(count + step)), now: now)
                }
                let started = lanes.next(now)
                if step % 100 == 0 { #expect(started.first?.lane == .live) }
                #expect(started.count <= 64)
                for part in started { lanes.finished(part.id, now: now) }
            }
            for id in stride(from: 50_000, to: count, by: 1) { lanes.remove(id, now: now) }
        }
        // A debug build on a busy machine takes about a second; a quadratic step would take minutes.
        #expect(spent < .seconds(60))
    }
}
