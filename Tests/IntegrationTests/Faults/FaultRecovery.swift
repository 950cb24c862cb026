import AgentClient
import JSON
import Sandbox
import TestSupport

/// How long after a moment a text that was put in after it had come through, each way.
struct FaultRecovery: Sendable {
    var incoming: Duration
    var outgoing: Duration
}

extension FaultStage {
    /// Waits until both directions flow, in a chat of its own that nothing else holds up.
    func recovery(since began: ContinuousClock.Instant, probe: Traffic.Chat) async throws -> FaultRecovery {
        async let incoming = probeIncoming(since: began, probe)
        async let outgoing = probeOutgoing(since: began, probe)
        return try await FaultRecovery(incoming: incoming, outgoing: outgoing)
    }

    private func probeIncoming(since began: ContinuousClock.Instant, _ chat: Traffic.Chat) async throws -> Duration {
        let text = "\(Traffic.mark): проба \(ContinuousClock.now)"
        try await traffic.write(text, from: chat.customer)
        _ = try await desk.event("message.created", within: .seconds(90)) { $0.data["text"]?["text"]?.string == text }
        return ContinuousClock.now - began
    }

    private func probeOutgoing(since began: ContinuousClock.Instant, _ chat: Traffic.Chat) async throws -> Duration {
        let text = "\(Traffic.mark): ответ на пробу \(ContinuousClock.now)"
        try await desk.send(text, to: chat.interaction)
        try await eventually("the messenger has it", within: .seconds(90)) {
            try world.telegram.sent(to: chat.customer).contains { $0.text == text } ? true : nil
        }
        return ContinuousClock.now - began
    }
}
