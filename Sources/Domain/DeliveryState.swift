/// The story of an outgoing part, and of an incoming message (agent-api.md, "States").
///
/// accepted → queued → sending → sent → delivered → read, with the exits failed, expired, unknown, cancelled. A state never
/// goes back, save by `message.retry`; a late receipt settles `unknown`.
package enum DeliveryState: String, Sendable, CaseIterable {
    case accepted, queued, sending, sent, delivered, read
    case failed, expired, cancelled, unknown
    case received

    /// Whether a part in this state may move to `next` by a report of the messenger or of the connector.
    package func mayBecome(_ next: DeliveryState) -> Bool {
        switch (self, next) {
        case (.received, .read): true
        case (.received, _), (_, .received): false
        case (.unknown, .sent), (.unknown, .delivered), (.unknown, .read), (.unknown, .failed): true
        case (.failed, _), (.expired, _), (.cancelled, _), (.unknown, _): false
        case (.delivered, .failed), (.read, .failed): false
        case (.sent, .expired), (.delivered, .expired), (.read, .expired): false
        case (_, .failed), (_, .expired): true
        case (.sent, .unknown), (.delivered, .unknown), (.read, .unknown): false
        case (.sent, .cancelled), (.delivered, .cancelled), (.read, .cancelled), (.sending, .cancelled): false
        case (_, .unknown), (_, .cancelled): true
        // Back to the queue: an attempt that was certainly not taken is retried.
        case (.sending, .queued): true
        default: (rank ?? 0) < (next.rank ?? 0)
        }
    }

    /// Whether nothing more is done for a part in this state without an agent's `message.retry`.
    package var isExit: Bool {
        switch self {
        case .failed, .expired, .cancelled, .unknown: true
        default: false
        }
    }

    /// The state of a message by its parts' states: the first of failed, unknown, expired, cancelled that a part has, else
    /// the least advanced part's.
    package static func ofMessage(parts: [DeliveryState]) -> DeliveryState {
        for exit in [DeliveryState.failed, .unknown, .expired, .cancelled] where parts.contains(exit) { return exit }
        return parts.min { ($0.rank ?? 0) < ($1.rank ?? 0) } ?? .accepted
    }

    private var rank: Int? {
        switch self {
        case .accepted: 0
        case .queued: 1
        case .sending: 2
        case .sent: 3
        case .delivered: 4
        case .read: 5
        case .received: 3
        case .failed, .expired, .cancelled, .unknown: nil
        }
    }
}
