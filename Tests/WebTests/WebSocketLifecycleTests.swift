import NIOCore
import Testing

@testable import Web

@Suite("The life of a WebSocket as a machine")
struct WebSocketLifecycleTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func machine() -> WebSocketLifecycle { WebSocketLifecycle(policy: WebSocketPolicy(), now: start) }

    private func tick(
        _ machine: inout WebSocketLifecycle, _ seconds: Int64, taken: Int = 0, waiting: Int = 0, isReading: Bool = true
    ) -> WebSocketLifecycle.Action {
        machine.tick(now: start + .seconds(seconds), taken: taken, waiting: waiting, isReading: isReading) {
            "reason \($0)"
        }
    }

    @Test("a ping every 25 s, a pong within 8 s")
    func pings() {
        var machine = machine()
        #expect(tick(&machine, 24) == .none)
        #expect(tick(&machine, 25) == .sendPing)
        #expect(tick(&machine, 32) == .none)
        machine.pongCame()
        #expect(tick(&machine, 33) == .none)
        #expect(tick(&machine, 50) == .sendPing)
        #expect(tick(&machine, 58) == .sendClose(.noPong, reason: "reason 4012", thenEnd: false))
        #expect(machine.end == WebSocketEnd(by: .us, code: .noPong))
        #expect(tick(&machine, 62) == .none)
        #expect(tick(&machine, 63) == .cut)
        #expect(tick(&machine, 64) == .none)
    }

    @Test("while the session does not read, the missing pong is not the peer's fault")
    func pausedPong() {
        var machine = machine()
        #expect(tick(&machine, 25) == .sendPing)
        for second in Int64(26)...60 { #expect(tick(&machine, second, isReading: false) == .none) }
        #expect(tick(&machine, 61) == .none)
        #expect(tick(&machine, 68) == .sendClose(.noPong, reason: "reason 4012", thenEnd: false))
    }

    @Test("a socket that takes nothing for 10 s is too slow; one that takes a byte is not")
    func stalls() {
        var machine = machine()
        #expect(tick(&machine, 1, taken: 100, waiting: 500) == .none)
        #expect(tick(&machine, 10, taken: 100, waiting: 500) == .none)
        #expect(tick(&machine, 10, taken: 101, waiting: 499) == .none)
        #expect(tick(&machine, 19, taken: 101, waiting: 900) == .none)
        #expect(
            tick(&machine, 20, taken: 101, waiting: 900) == .sendClose(.tooSlow, reason: "reason 4008", thenEnd: false))
    }

    @Test("a socket with nothing to take is never too slow")
    func idle() {
        var machine = machine()
        #expect(tick(&machine, 20, taken: 100, waiting: 0) == .none)
        #expect(tick(&machine, 21, taken: 100, waiting: 5) == .none)
        #expect(tick(&machine, 24, taken: 100, waiting: 5) == .none)
    }

    @Test("our close waits for the peer's, and not for ever")
    func weClose() {
        var machine = machine()
        #expect(
            machine.close(.shuttingDown, reason: "r", now: start)
                == .sendClose(.shuttingDown, reason: "r", thenEnd: false))
        #expect(!machine.isOpen)
        #expect(machine.close(.normal, reason: "", now: start) == .none)
        #expect(machine.closeCame([0x03, 0xE8], now: start) == .cut)
        #expect(machine.end == WebSocketEnd(by: .us, code: .shuttingDown))
        #expect(machine.inputEnded() == .none)
    }

    @Test("the peer's close is answered once, and the connection ends in time")
    func peerCloses() {
        var machine = machine()
        #expect(machine.closeCame([0x03, 0xE9], now: start) == .sendClose(.goingAway, reason: "", thenEnd: true))
        #expect(machine.closeCame([0x03, 0xE9], now: start) == .none)
        #expect(machine.close(.normal, reason: "", now: start) == .none)
        #expect(machine.end == WebSocketEnd(by: .peer, code: .goingAway))
        #expect(tick(&machine, 4) == .none)
        #expect(tick(&machine, 5) == .cut)
    }

    @Test("a connection that breaks has nobody's close")
    func breaks() {
        var machine = machine()
        #expect(machine.inputEnded() == .cut)
        #expect(machine.end == WebSocketEnd(by: .nobody, code: nil))
        #expect(machine.inputEnded() == .none)
    }

    @Test("a reason is cut to 123 bytes between characters")
    func longReason() {
        var machine = machine()
        guard
            case .sendClose(_, let reason, _) = machine.close(
                .normal, reason: String(repeating: "ж", count: 100), now: start)
        else {
            Issue.record("no close frame")
            return
        }
        #expect(reason == String(repeating: "ж", count: 61))
    }

    @Test(
        "codes that must not be on the wire are a protocol error",
        arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])
    func forbidden(code: Int) {
        var machine = machine()
        let action = machine.closeCame([UInt8(code >> 8), UInt8(code & 0xFF)], now: start)
        #expect(action == .sendClose(.protocolError, reason: "", thenEnd: true))
    }
}
