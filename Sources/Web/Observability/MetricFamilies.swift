import Synchronization

/// One metric with all of its series.
protocol MetricFamily: Sendable {
    func write(to text: inout String) async
}

package final class MetricCounter: MetricFamily {
    private let table: MetricTable<Double>

    init(table: MetricTable<Double>) { self.table = table }

    package func add(_ amount: Double = 1, _ labels: String...) { add(amount, labels: labels) }
    package func add(_ amount: Double = 1, labels: [String]) { table.update(labels, initial: 0) { $0 += amount } }

    package func value(_ labels: String...) -> Double { table.value(labels) ?? 0 }

    func write(to text: inout String) {
        MetricText.head(table.name, table.help, "counter", to: &text)
        for (labels, value) in table.all() { MetricText.line(table.name, table.labels, labels, value, to: &text) }
    }
}

package final class MetricGauge: MetricFamily {
    private let table: MetricTable<Double>

    init(table: MetricTable<Double>) { self.table = table }

    package func set(_ value: Double, _ labels: String...) { table.update(labels, initial: 0) { $0 = value } }
    package func add(_ amount: Double, _ labels: String...) { table.update(labels, initial: 0) { $0 += amount } }
    /// Forgets a series: an account that is gone shows no value.
    package func remove(_ labels: String...) { table.remove(labels) }

    package func value(_ labels: String...) -> Double? { table.value(labels) }

    func write(to text: inout String) {
        MetricText.head(table.name, table.help, "gauge", to: &text)
        for (labels, value) in table.all() { MetricText.line(table.name, table.labels, labels, value, to: &text) }
    }
}

package final class MetricHistogram: MetricFamily {
    struct Counts: Sendable {
        var buckets: [Int]
        var sum = 0.0
        var count = 0
    }

    /// Upper bounds that suit requests: 5 ms to 30 s.
    package static let seconds: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private let table: MetricTable<Counts>
    private let bounds: [Double]

    init(table: MetricTable<Counts>, buckets: [Double]) {
        self.table = table
        bounds = buckets
    }

    package func observe(_ value: Double, _ labels: String...) {
        let bucket = bounds.firstIndex { value <= $0 }
        table.update(labels, initial: Counts(buckets: Array(repeating: 0, count: bounds.count))) { counts in
            counts.sum += value
            counts.count += 1
            if let bucket { counts.buckets[bucket] += 1 }
        }
    }

    package func observe(_ duration: Duration, _ labels: String...) {
        let (seconds, attoseconds) = duration.components
        let value = Double(seconds) + Double(attoseconds) / 1e18
        let bucket = bounds.firstIndex { value <= $0 }
        table.update(labels, initial: Counts(buckets: Array(repeating: 0, count: bounds.count))) { counts in
            counts.sum += value
            counts.count += 1
            if let bucket { counts.buckets[bucket] += 1 }
        }
    }

    func write(to text: inout String) {
        MetricText.head(table.name, table.help, "histogram", to: &text)
        for (labels, counts) in table.all() {
            var running = 0
            for (bound, count) in zip(bounds, counts.buckets) {
                running += count
                line("_bucket", labels + [MetricText.number(bound)], Double(running), le: true, to: &text)
            }
            line("_bucket", labels + ["+Inf"], Double(counts.count), le: true, to: &text)
            line("_sum", labels, counts.sum, le: false, to: &text)
            line("_count", labels, Double(counts.count), le: false, to: &text)
        }
    }

    private func line(_ suffix: String, _ values: [String], _ value: Double, le: Bool, to text: inout String) {
        MetricText.line(table.name + suffix, table.labels + (le ? ["le"] : []), values, value, to: &text)
    }
}

/// A gauge that is read when it is asked for.
final class MetricCallback: MetricFamily {
    private let name: String
    private let help: String
    private let labels: [String]
    private let read: @Sendable () async -> [MetricSample]

    init(name: String, help: String, labels: [String], read: @escaping @Sendable () async -> [MetricSample]) {
        self.name = name
        self.help = help
        self.labels = labels
        self.read = read
    }

    func write(to text: inout String) async {
        let samples = await read()
        MetricText.head(name, help, "gauge", to: &text)
        for sample in samples { MetricText.line(name, labels, sample.labels, sample.value, to: &text) }
    }
}
