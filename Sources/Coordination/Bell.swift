/// What one process tells the others to look at.
package enum Bell: Sendable, Hashable {
    /// Connectors received something.
    case inbox
    /// There is something for the customers of this account.
    case outbox(account: String)
    /// The event log has grown.
    case events

    /// The metric label: bounded, so without the account.
    package var name: String {
        switch self {
        case .inbox: "inbox"
        case .outbox: "outbox"
        case .events: "events"
        }
    }

    /// Its readers want to know how far things have gone; for those of others a ring is a ring.
    var tellsPosition: Bool { self == .events }

    var path: String {
        switch self {
        case .inbox: "/signals/inbox"
        case .outbox(let account): "/signals/outbox/\(NodeName.encode(account))"
        case .events: "/signals/events"
        }
    }
}

/// One line of `eralink_signals_total{name,direction}`.
package struct SignalCount: Sendable, Equatable {
    package let name: String
    /// `rung`: asked for by this process. `sent`: written to ZooKeeper. `heard`: changes seen.
    package let direction: String
    package let count: Int64
}
