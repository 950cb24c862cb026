import Testing

@testable import Sandbox

@Suite("The state of a long poll")
struct PollingStateTests {
    @Test("the first conflict is answered at once, those within three seconds late")
    func conflicts() {
        var polling = Polling()
        #expect(polling.conflictAnswerDelay(now: 100) == 0)
        #expect(polling.conflictAnswerDelay(now: 102.9) == 3)
        #expect(polling.conflictAnswerDelay(now: 103) == 0)
    }

    @Test("a short timeout with the same offset becomes three seconds, and at once only one update is given")
    func busyLoops() {
        var polling = Polling()
        #expect(polling.began(offset: 5, limit: 100, timeout: 0, now: 100) == (100, 0))
        #expect(polling.began(offset: 5, limit: 100, timeout: 0, now: 100.4) == (1, 3))
        #expect(polling.began(offset: 5, limit: 100, timeout: 50, now: 101.4) == (100, 50))
        #expect(polling.began(offset: 6, limit: 100, timeout: 0, now: 101.5) == (100, 0))
        #expect(polling.began(offset: 6, limit: 100, timeout: 0, now: 104.5) == (100, 0))
    }

    @Test("the queue refuses what is beyond its hundred thousand")
    func full() {
        var queue = UpdateQueue(firstID: 1)
        for _ in 0..<UpdateQueue.maximumCount { _ = queue.push(expires: 10) { _ in [] } }
        #expect(queue.push(expires: 10) { _ in [] } == nil)
        #expect(queue.dropped == 1)
        #expect(queue.take(offset: 100_000, limit: 100, now: 0).map(\.id) == [100_000])
        #expect(queue.push(expires: 10) { _ in [] } == 100_001)
        let isRestarted = queue.restartIDs(at: 7)
        #expect(!isRestarted)
        #expect(queue.take(offset: -1, limit: 100, now: 0).map(\.id) == [100_001])
        #expect(queue.take(offset: 100_002, limit: 100, now: 0).isEmpty)
        let isRestartedEmpty = queue.restartIDs(at: 7)
        #expect(isRestartedEmpty)
        #expect(queue.push(expires: 10) { _ in [] } == 7)
    }
}
