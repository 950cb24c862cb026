import Synchronization

/// The series of one metric, by their label values, at most `series` of them.
final class MetricTable<Value: Sendable>: Sendable {
    let name: String
    let help: String
    let labels: [String]
    private let series: Int
    private let values = Mutex<[[String]: Value]>([:])

    init(_ name: String, _ help: String, _ labels: [String], series: Int) {
        self.name = name
        self.help = help
        self.labels = labels
        self.series = series
    }

    func update(_ values: [String], initial: Value, _ change: (inout Value) -> Void) {
        precondition(values.count == labels.count, "the metric \(name) has the labels \(labels)")
        self.values.withLock { table in
            let fits = table.count < series || table[values] != nil
            change(&table[fits ? values : labels.map { _ in "other" }, default: initial])
        }
    }

    func value(_ values: [String]) -> Value? { self.values.withLock { $0[values] } }

    func remove(_ values: [String]) { self.values.withLock { $0[values] = nil } }

    func all() -> [(labels: [String], value: Value)] {
        values.withLock { table in table.map { ($0.key, $0.value) } }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
    }
}

/// The lines of Prometheus' text format.
enum MetricText {
    static func head(_ name: String, _ help: String, _ type: String, to text: inout String) {
        text += "# HELP \(name) \(escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
    }

    static func line(_ name: String, _ labels: [String], _ values: [String], _ value: Double, to text: inout String) {
        text += name
        if !labels.isEmpty {
            let pairs = zip(labels, values).map { "\($0)=\"\(escaped($1, quotes: true))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(number(value))\n"
    }

    static func number(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == -.infinity { return "-Inf" }
        if value.isNaN { return "NaN" }
        if value.rounded() == value, abs(value) < 1e15 { return String(Int64(value)) }
        return String(value)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
