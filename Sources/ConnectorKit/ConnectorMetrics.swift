import Domain
import Store
import Web

/// A connector's share of the metrics of agent-api.md.
package struct ConnectorMetrics: Sendable {
    private let requests: MetricCounter
    private let seconds: MetricHistogram
    private let skipped: MetricCounter
    private let epoch: MetricGauge

    package init(_ registry: MetricsRegistry, store: Store) {
        requests = registry.counter(
            "eralink_provider_requests_total", help: "Requests to the messenger, by what came of them.",
            labels: ["account", "method", "result"])
        seconds = registry.histogram(
            "eralink_provider_request_seconds", help: "How long the messenger took.", labels: ["account", "method"])
        skipped = registry.counter(
            "eralink_provider_skipped_total", help: "Updates that were confirmed without being stored.",
            labels: ["account", "label"])
        epoch = registry.gauge(
            "eralink_lease_epoch", help: "The lease's fencing epoch while it is held here, else 0.", labels: ["account"]
        )
        registry.gauge("eralink_outbox_rows", help: "Parts that wait to be sent.", labels: ["account", "lane"]) {
            guard let depths = try? await store.queueDepths() else { return [] }
            return depths.outbox.map { MetricSample([$0.account, $0.lane.rawValue], Double($0.rows)) }
        }
    }

    func requested(_ account: String, _ method: String, _ outcome: SendOutcome, took: Duration) {
        requested(account, method, outcome.label, took: took)
    }

    func requested(_ account: String, _ method: String, _ result: String, took: Duration) {
        requests.add(1, account, method, result)
        seconds.observe(took, account, method)
    }

    func polled(_ account: String, _ result: String, took: Duration) {
        requests.add(1, account, "poll", result)
        seconds.observe(took, account, "poll")
    }

    func skipped(_ account: String, _ counts: [String: Int]) {
        for (label, count) in counts { skipped.add(Double(count), account, label) }
    }

    func holds(_ account: String, epoch value: Int64) { epoch.set(Double(value), account) }
}

extension SendOutcome {
    var label: String {
        switch self {
        case .sent: "sent"
        case .throttled: "throttled"
        case .refused: "refused"
        case .notTaken: "not_taken"
        case .ambiguous: "ambiguous"
        case .accountRefused: "account_refused"
        case .moved: "moved"
        }
    }
}
