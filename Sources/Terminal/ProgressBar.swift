import Synchronization

/// Shows progress on standard error: a bar that redraws itself for a person, a line every five seconds for a machine.
package final class ProgressBar: Sendable {
    package enum Form: Sendable {
        case bar(width: @Sendable () -> Int)
        /// The text of one line, without its end.
        case lines(@Sendable (ProgressFigures) -> String)
    }

    private struct State {
        var done = 0
        var lastShown: ContinuousClock.Instant?
        var drawn = false
        var finished = false
    }

    private let label: String
    private let total: Int?
    private let unit: ProgressFigures.Unit
    private let begun: Int
    private let form: Form
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> ContinuousClock.Instant
    private let start: ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameter begun: what was done before this run: it counts as done, but not for the rate.
    package init(
        label: String, total: Int?, unit: ProgressFigures.Unit = .things, begun: Int = 0, form: Form,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        write: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.total = total
        self.unit = unit
        self.begun = begun
        self.form = form
        self.now = now
        self.write = write
        start = now()
    }

    /// Counts units that are done; shows it when the last time is long enough ago.
    package func advance(by units: Int = 1) {
        state.withLock { state in
            state.done += units
            show(&state, always: false)
        }
    }

    /// Shows the last figures and leaves the line; also after a failure. Harmless when repeated.
    package func finish() {
        state.withLock { state in
            guard !state.finished else { return }
            state.finished = true
            show(&state, always: true)
            if state.drawn { write("\n") }
            state.drawn = false
        }
    }

    /// Takes the bar off the screen, so that a line can be printed; the next `advance` draws it again.
    package func clear() {
        state.withLock { state in
            guard state.drawn else { return }
            write("\r\u{1B}[K")
            state.drawn = false
            state.lastShown = nil
        }
    }

    private func show(_ state: inout State, always: Bool) {
        let moment = now()
        guard always || moment - (state.lastShown ?? firstDue) >= interval else { return }
        state.lastShown = moment
        let progress = ProgressFigures(
            done: begun + state.done, total: total, elapsed: moment - start, unit: unit, begun: begun)
        switch form {
        case .bar(let width):
            // The last column stays free: a terminal wraps after it.
            write("\r\(progress.bar(label: label, width: width() - 1))\u{1B}[K")
            state.drawn = true
        case .lines(let line): write(line(progress) + "\n")
        }
    }

    /// A bar appears at once, the first line after one interval.
    private var firstDue: ContinuousClock.Instant {
        switch form {
        case .bar: start - interval
        case .lines: start
        }
    }

    private var interval: Duration {
        switch form {
        case .bar: .milliseconds(100)
        case .lines: .seconds(5)
        }
    }
}
