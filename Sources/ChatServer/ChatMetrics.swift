import AgentProtocol
import Coordination
import Domain
import Store
import Web

/// The ChatServer's share of the metrics of agent-api.md.
struct ChatMetrics: Sendable {
    private let messages: MetricCounter
    private let dropped: MetricCounter
    let sessions: MetricGauge
    let cuts = SessionCuts()

    init(_ registry: MetricsRegistry, store: Store, coordination: any Coordination) {
        messages = registry.counter(
            "eralink_messages_total", help: "Messages written to the history.",
            labels: ["account", "direction", "kind"])
        dropped = registry.counter(
            "eralink_inbox_dropped_total", help: "Inbox rows that were given up.", labels: ["reason"])
        sessions = registry.gauge("eralink_sessions", help: "Agents' WebSocket sessions on this server.")
        registry.gauge(
            "eralink_sessions_cut_total", help: "Sessions cut because of how their clients behave, by close code.",
            labels: ["agent", "code"]
        ) { [cuts] in cuts.counts }
        registry.gauge(
            "eralink_sessions_cut_timestamp_seconds", help: "When an agent's session was cut last.",
            labels: ["agent", "code"]
        ) { [cuts] in cuts.times }
        registry.gauge("eralink_inbox_rows", help: "Rows that no ChatServer has taken yet.") {
            guard let depth = try? await store.queueDepths() else { return [] }
            return [MetricSample([], Double(depth.inbox))]
        }
        registry.gauge("eralink_event_lag_seconds", help: "Age of the oldest row of the inbox.") {
            guard let depth = try? await store.queueDepths() else { return [] }
            return [MetricSample([], depth.inboxAge)]
        }
        registry.gauge("eralink_signals_total", help: "Doorbells rung and heard.", labels: ["name", "direction"]) {
            coordination.signalCounts.map { MetricSample([$0.name, $0.direction], Double($0.count)) }
        }
    }

    func count(_ report: IngestReport) {
        for (key, count) in report.messages {
            messages.add(Double(count), key.account, Direction.incoming.rawValue, key.kind.rawValue)
        }
        for (reason, count) in report.dropped { dropped.add(Double(count), reason) }
    }

    /// A row that could not be taken waits for an admin.
    func setAside() { dropped.add(1, "set aside") }

    /// The events of accepted sends: one a message.
    func countSent(_ events: [EventRecord]) {
        for event in events where event.type == .messageCreated {
            messages.add(1, event.accountName, Direction.outgoing.rawValue, MessageKind.text.rawValue)
        }
    }
}
