import Glibc
import JSON
import Synchronization

/// The figures of a run.
final class BenchReport: Sendable {
    struct Figure: Sendable {
        var name: String
        var value: Double
        var unit: String
        var note: String
    }

    private let figures = Mutex<[Figure]>([])

    /// Adds a figure, and prints it as a JSON line at once.
    func add(_ name: String, _ value: Double, _ unit: String, _ note: String = "") {
        figures.withLock { $0.append(Figure(name: name, value: value, unit: unit, note: note)) }
        let line = JSONWriter.object {
            $0.member("figure", name)
            $0.member("value", (value * 1000).rounded() / 1000)
            $0.member("unit", unit)
            if !note.isEmpty { $0.member("note", note) }
        }
        var bytes = line
        bytes.append(UInt8(ascii: "\n"))
        // Past stdio's buffer, so that whoever reads along has it at once.
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }

    /// The figures as rows of a table in Markdown.
    var rows: String {
        figures.withLock { $0 }.map { figure in
            "| `\(figure.name)` | \(Self.text(figure.value)) | \(figure.unit) | \(figure.note) |\n"
        }.joined()
    }

    private static func text(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        let value = String(Int((value * 100).rounded()))
        let padded = String(repeating: "0", count: max(0, 3 - value.count)) + value
        return "\(padded.dropLast(2)).\(padded.suffix(2))"
    }

    func printTable() {
        let figures = figures.withLock { $0 }
        let width = figures.map(\.name.count).max() ?? 0
        for figure in figures {
            let name = figure.name + String(repeating: " ", count: width - figure.name.count)
            let text = Self.text(figure.value)
            ErrorOutput.line(
                "\(name)  \(String(repeating: " ", count: max(0, 12 - text.count)))\(text) \(figure.unit)  \(figure.note)"
            )
        }
    }
}

enum ErrorOutput {
    static func line(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

/// Durations in order, for percentiles.
struct Samples {
    private var sorted: [Double]

    /// In milliseconds.
    init(_ durations: [Duration]) { sorted = durations.map { $0 / .milliseconds(1) }.sorted() }

    func percentile(_ part: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }
}
