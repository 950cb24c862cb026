import Domain
import Testing

@Suite("Delivery states")
struct DeliveryStateTests {
    @Test(
        "a part moves forward only", arguments: [DeliveryState.accepted, .queued, .sending, .sent, .delivered, .read])
    func forward(state: DeliveryState) {
        let order: [DeliveryState] = [.accepted, .queued, .sending, .sent, .delivered, .read]
        let place = order.firstIndex(of: state) ?? 0
        for (other, next) in order.enumerated() {
            // An attempt that was certainly not taken goes back into the queue: the one step back.
            let isRetry = state == .sending && next == .queued
            #expect(state.mayBecome(next) == (other > place || isRetry), "\(state) → \(next)")
        }
    }

    @Test(
        "exits are left by a late receipt of what nobody knew, and by nothing else",
        arguments: [DeliveryState.failed, .expired, .cancelled, .unknown])
    func exits(state: DeliveryState) {
        for next in DeliveryState.allCases {
            let isReceipt = state == .unknown && [.sent, .delivered, .read, .failed].contains(next)
            #expect(state.mayBecome(next) == isReceipt, "\(state) → \(next)")
        }
    }

    @Test("what was sent cannot be cancelled, expire or become unknown")
    func settled() {
        for state in [DeliveryState.sent, .delivered, .read] {
            for next in [DeliveryState.cancelled, .expired, .unknown, .accepted, .queued, .sending] {
                #expect(!state.mayBecome(next), "\(state) → \(next)")
            }
        }
        #expect(DeliveryState.sent.mayBecome(.failed), "a messenger may take back that it took")
        #expect(!DeliveryState.sending.mayBecome(.cancelled))
    }

    @Test("an incoming message is received, then read")
    func incoming() {
        #expect(DeliveryState.received.mayBecome(.read))
        for next in DeliveryState.allCases where next != .read { #expect(!DeliveryState.received.mayBecome(next)) }
    }

    @Test(
        "a message's state is the first exit of a part, else the least advanced part's",
        arguments: [
            ([DeliveryState.sent, .failed, .unknown], DeliveryState.failed), ([.sent, .expired, .unknown], .unknown),
            ([.cancelled, .expired], .expired), ([.cancelled, .read], .cancelled), ([.read, .sent, .delivered], .sent),
            ([.accepted, .sent], .accepted), ([.read], .read),
        ])
    func ofMessage(parts: [DeliveryState], state: DeliveryState) {
        #expect(DeliveryState.ofMessage(parts: parts) == state)
    }
}
