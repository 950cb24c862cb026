import AgentProtocol
import Domain

/// What the messenger or the connector says of one part of a message.
struct PartReport: Sendable {
    /// Counted from 1.
    var number: Int
    var state: DeliveryState
    /// The messenger's id of it, where the reporter is the one who sent it.
    var externalID: String?
    var attempts: Int?
    var at: Timestamp
    var reason: Reason?
}

extension Message {
    /// What a report changed.
    struct Change: Equatable {
        /// A state moved on, which agents are told.
        var moved = false
        /// The part is known by the messenger's id from now on.
        var named = false
    }

    /// Takes a report; states never go back. Nil: it changes nothing.
    mutating func take(_ report: PartReport) -> Change? {
        guard let index = parts.firstIndex(where: { $0.number == report.number }) else { return nil }
        var part = parts[index]
        var change = Change()
        if let external = report.externalID, part.externalID == nil {
            part.externalID = external
            change.named = true
        }
        if let attempts = report.attempts { part.attempts = max(part.attempts, attempts) }
        if part.state.mayBecome(report.state) {
            part.state = report.state
            part.at = report.at
            part.reason = report.reason
            change.moved = true
        }
        guard part != parts[index] else { return nil }
        parts[index] = part
        state = DeliveryState.ofMessage(parts: parts.map(\.state))
        reason = parts.first { $0.state == state && $0.reason != nil }?.reason
        return change
    }
}
