import JSON
import Sandbox
import Synchronization
import Terminal

/// Says each step of the demo as it happened.
final class DemoReport: Sendable {
    private let output: Output
    /// The steps are not the result: a program is told it at the end.
    private let isQuiet: Bool
    private let began = ContinuousClock.now
    private let isFirst = Atomic(true)

    init(output: Output, isQuiet: Bool = false) {
        self.output = output
        self.isQuiet = isQuiet
    }

    /// - Parameters:
    ///   - flow: the section of the product's description that the step belongs to.
    ///   - seen: what was really seen: ids, texts, ports.
    func step(_ text: String, flow: String? = nil, _ seen: KeyValuePairs<String, String> = [:]) throws {
        guard !isQuiet else { return }
        let step = DemoStep(
            since: ContinuousClock.now - began, flow: flow, text: text,
            seen: seen.map { DemoStep.Seen($0.key, $0.value) })
        try output.element(step, isFirst: isFirst.exchange(false, ordering: .relaxed)) { $0.line(output) }
    }

    /// Shows the end of every daemon's log, after a step has failed.
    func showLogs(of installation: Installation) {
        for daemon in installation.all {
            let state = daemon.exitStatus.map { "ended with status \($0)" } ?? "runs"
            output.note("\(daemon.name) \(state); its last lines:")
            for line in daemon.log.last(8) { output.note("  \(line)") }
        }
    }
}

struct DemoStep: OutputRow {
    struct Seen: Sendable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    let since: Duration
    let flow: String?
    let text: String
    let seen: [Seen]

    static let columns = [
        OutputColumn<Self>("seconds", isNumber: true) { $0.seconds }, OutputColumn("flow") { $0.flow ?? "" },
        OutputColumn("step") { $0.text }, OutputColumn("seen") { $0.words },
    ]

    private var milliseconds: Int { Int(since / .milliseconds(1)) }

    private var seconds: String {
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    private var words: String { seen.map { "\($0.name)=\($0.value)" }.joined(separator: " ") }

    func line(_ output: Output) -> String {
        let time = String(repeating: " ", count: max(0, 8 - seconds.count)) + seconds + "s"
        let flow = flow ?? "     "
        let seen = seen.map { "  \(output.style.bold($0.name)) \(output.shown($0.value))" }.joined()
        return "\(time)  \(flow)  \(text)\(seen)"
    }

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("ms", milliseconds)
            $0.member("flow", flow)
            $0.member("step", text)
            $0.object("seen") { for seen in seen { $0.member(seen.name, seen.value) } }
        }
    }
}
