import NIOCore
import Testing

@testable import Web

@Suite("The HTTP side of a connection as a machine")
struct HTTPConnectionStateTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func state() -> HTTPConnectionState {
        HTTPConnectionState(headerTimeout: .seconds(10), idleTimeout: .seconds(75), now: start)
    }

    private func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    /// A whole request that came at that second.
    private func request(_ state: inout HTTPConnectionState, at second: Int64, keepAlive: Bool = true) {
        state.bytesCame(now: at(second))
        state.headCame(keepAlive: keepAlive, isHead: false, isOldVersion: false)
        state.requestEnded()
    }

    private func answer(_ state: inout HTTPConnectionState, at second: Int64) -> Bool {
        _ = state.responseBegins(close: false)
        return state.responseEnded(now: at(second))
    }

    @Test("before the first head: silence is closed, a begun head is 408, and more bytes do not prolong it")
    func firstHead() {
        var state = state()
        #expect(state.timeout(now: at(9)) == .later(at(10)))
        #expect(state.timeout(now: at(10)) == .close)
        for second in Int64(1)...9 { state.bytesCame(now: at(second)) }
        #expect(state.timeout(now: at(10)) == .answerRequestTimeout)
    }

    @Test(
        "between requests the idle time runs from the last response; a later head has its own time from its first byte")
    func idle() {
        var state = state()
        request(&state, at: 5)
        #expect(state.timeout(now: at(1000)) == .none)
        let answer9 = answer(&state, at: 1000)
        #expect(!answer9)
        #expect(state.timeout(now: at(1074)) == .later(at(1075)))
        #expect(state.timeout(now: at(1075)) == .close)
        state.bytesCame(now: at(1050))
        #expect(state.timeout(now: at(1059)) == .later(at(1060)))
        #expect(state.timeout(now: at(1060)) == .answerRequestTimeout)
    }

    @Test("a body that is waited for must move; one that the route does not read may stand still")
    func body() {
        var state = state()
        state.bytesCame(now: at(1))
        state.headCame(keepAlive: true, isHead: false, isOldVersion: false)
        #expect(state.timeout(now: at(500)) == .none)
        state.bytesWanted()
        #expect(state.timeout(now: at(75)) == .later(at(76)))
        #expect(state.timeout(now: at(76)) == .failBody)
    }

    @Test("a response that is not taken ends the connection")
    func unwritable() {
        var state = state()
        request(&state, at: 1)
        state.writability(false, now: at(10))
        state.writability(false, now: at(20))
        #expect(state.timeout(now: at(85)) == .close)
        state.writability(true, now: at(50))
        #expect(state.timeout(now: at(85)) == .none)
    }

    @Test("the connection ends after the response to the request that asked for it, not before")
    func pipelined() {
        var state = state()
        request(&state, at: 1)
        request(&state, at: 1, keepAlive: false)
        let answer1 = state.responseBegins(close: false)
        #expect(answer1 == .init(close: false, isHead: false, isOldVersion: false))
        let answer2 = state.responseEnded(now: at(2))
        #expect(!answer2)
        let answer3 = state.responseBegins(close: false)
        #expect(answer3 == .init(close: true, isHead: false, isOldVersion: false))
        let answer4 = state.responseEnded(now: at(2))
        #expect(answer4)
    }

    @Test("shutdown ends an idle connection at once and a busy one after its response")
    func quiesces() {
        var idle = state()
        let answer5 = idle.quiesce()
        #expect(answer5)
        var busy = state()
        request(&busy, at: 1)
        let answer6 = busy.quiesce()
        #expect(!answer6)
        let answer7 = busy.responseBegins(close: false)
        #expect(answer7.close)
        let answer8 = busy.responseEnded(now: at(2))
        #expect(answer8)
    }

    @Test("what lingers is closed two seconds later, whatever else is due")
    func lingers() {
        var state = state()
        state.lingers(now: at(1))
        #expect(state.timeout(now: at(2)) == .later(at(3)))
        #expect(state.timeout(now: at(3)) == .close)
    }
}
