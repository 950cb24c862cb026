import Domain
import Glibc
import JSON
import Terminal

/// What a command sees of the world. Made once for a run of the program; tests make their own.
package struct CommandContext: Sendable {
    package var output: Output
    package var input: CommandInput
    package var environment: [String: String]
    package var loadedSettings = LoadedSettings()
    package var now: @Sendable () -> Timestamp = { .now }
    /// Random bytes fit for keys.
    package var randomBytes: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }

    package var settings: Settings { loadedSettings.settings }

    package init(output: Output, input: CommandInput, environment: [String: String]) {
        self.output = output
        self.input = input
        self.environment = environment
    }

    /// A bar on a terminal, a JSON line every five seconds otherwise, nothing with `--quiet`; all on standard error.
    package func progress(_ label: String, total: Int?, unit: ProgressFigures.Unit = .things, begun: Int = 0)
        -> ProgressBar
    {
        let error = output.standardError
        let isPerson = TerminalDevice.isTerminal(STDERR_FILENO)
        let form: ProgressBar.Form =
            isPerson
            ? .bar { TerminalDevice.columns(STDERR_FILENO) ?? 80 }
            : .lines { figures in Self.progressLine(label, figures) }
        return ProgressBar(label: label, total: total, unit: unit, begun: begun, form: form) {
            [quiet = output.quiet] text in
            // Progress is a courtesy: work goes on where nobody can be told.
            if !quiet { try? error.write(text) }
        }
    }

    static func progressLine(_ label: String, _ figures: ProgressFigures) -> String {
        JSONText.object { writer in
            writer.object("progress") { writer in
                writer.member("label", label)
                writer.member("done", figures.done)
                writer.member("total", figures.total)
                writer.member("rate", (figures.rate * 10).rounded() / 10)
                writer.member("eta_s", figures.remaining.map { ($0 / .seconds(1)).rounded() })
            }
        }
    }
}

extension Timestamp {
    /// The moment by the clock of this machine.
    fileprivate static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
