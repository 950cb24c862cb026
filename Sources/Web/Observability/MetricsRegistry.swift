import Synchronization

/// The metrics of one process, for Prometheus' text format. Passed in where something is counted; there is no global one.
///
/// Asking twice for a name gives the same metric. A metric holds at most `series` combinations of label values; what comes
/// past that is counted under `other`, so that a stranger's input cannot fill the memory.
package final class MetricsRegistry: Sendable {
    private let families = Mutex<[(name: String, family: any MetricFamily)]>([])

    package init() {}

    /// Goes up only. `name` ends in `_total` by custom.
    package func counter(_ name: String, help: String, labels: [String] = [], series: Int = 1000) -> MetricCounter {
        register(name) { MetricCounter(table: MetricTable(name, help, labels, series: series)) }
    }

    /// A value that is set.
    package func gauge(_ name: String, help: String, labels: [String] = [], series: Int = 1000) -> MetricGauge {
        register(name) { MetricGauge(table: MetricTable(name, help, labels, series: series)) }
    }

    /// A value that is read when it is asked for: one number for each combination of label values.
    package func gauge(
        _ name: String, help: String, labels: [String] = [], read: @escaping @Sendable () async -> [MetricSample]
    ) {
        _ = register(name) { MetricCallback(name: name, help: help, labels: labels, read: read) }
    }

    /// Durations in seconds, or sizes, by upper bounds in ascending order.
    package func histogram(
        _ name: String, help: String, labels: [String] = [], buckets: [Double] = MetricHistogram.seconds,
        series: Int = 200
    ) -> MetricHistogram {
        register(name) { MetricHistogram(table: MetricTable(name, help, labels, series: series), buckets: buckets) }
    }

    /// The text of `/metrics` (Prometheus exposition format 0.0.4).
    package func text() async -> String {
        var text = ""
        for (_, family) in families.withLock({ $0 }) { await family.write(to: &text) }
        return text
    }

    private func register<Family: MetricFamily>(_ name: String, make: () -> Family) -> Family {
        families.withLock { families in
            if let known = families.first(where: { $0.name == name })?.family as? Family { return known }
            precondition(!families.contains { $0.name == name }, "the metric \(name) is of another kind already")
            let family = make()
            families.append((name, family))
            return family
        }
    }
}

/// One value and the values of its metric's labels, in their order.
package struct MetricSample: Sendable {
    package var labels: [String]
    package var value: Double

    package init(_ labels: [String] = [], _ value: Double) {
        self.labels = labels
        self.value = value
    }
}
