/// How far long work has come: the figures behind a progress bar or a progress line.
package struct ProgressFigures: Sendable, Equatable {
    package var done: Int
    /// Nil where nobody knows.
    package var total: Int?
    package var elapsed: Duration
    package var unit = Unit.things
    /// What was done before the clock began to run.
    package var begun = 0

    package enum Unit: Sendable {
        case things
        /// Shown in MB.
        case bytes
    }

    package init(done: Int, total: Int?, elapsed: Duration, unit: Unit = .things, begun: Int = 0) {
        self.done = done
        self.total = total
        self.elapsed = elapsed
        self.unit = unit
        self.begun = begun
    }

    /// Units a second since the start.
    package var rate: Double {
        let seconds = elapsed / .seconds(1)
        return seconds > 0 ? Double(done - begun) / seconds : 0
    }

    /// The time that the rest takes at this rate; nil while that cannot be told.
    package var remaining: Duration? {
        guard let total, done > 0, rate > 0 else { return nil }
        return .seconds(Double(max(total - done, 0)) / rate)
    }

    /// `sending  [#####-----]  50%  500/1000  100/s  ETA 0:05`, in at most `width` columns.
    package func bar(label: String, width: Int) -> String {
        var tail = total.map { " \(shown(done))/\(shown($0))" } ?? " \(shown(done))"
        tail += unit == .bytes ? " MB  \(Self.short(rate / 1_000_000)) MB/s" : "  \(Self.short(rate))/s"
        if let remaining { tail += "  ETA \(Self.clock(remaining))" }
        guard let total, total > 0 else { return (label + " " + tail).cut(toColumns: width) }
        let share = min(Double(done) / Double(total), 1)
        let percent = "\(Int(share * 100))%"
        let head = label + " "
        let room = width - head.displayWidth - tail.displayWidth - 9
        guard room >= 5 else { return (head + percent + tail).cut(toColumns: width) }
        let cells = min(room, 40)
        let full = Int(share * Double(cells))
        let bar = String(repeating: "#", count: full) + String(repeating: "-", count: cells - full)
        return "\(head)[\(bar)] \(String(repeating: " ", count: 4 - percent.count))\(percent) \(tail)"
    }

    private func shown(_ count: Int) -> String {
        unit == .bytes ? "\(count / 1_000_000).\(count / 100_000 % 10)" : "\(count)"
    }

    private static func short(_ rate: Double) -> String {
        rate >= 10 || rate == 0 ? String(Int(rate.rounded())) : String((rate * 10).rounded() / 10)
    }

    private static func clock(_ duration: Duration) -> String {
        let seconds = Int((duration / .seconds(1)).rounded(.up))
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}
