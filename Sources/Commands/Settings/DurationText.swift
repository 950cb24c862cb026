/// Durations as people write them: `500ms 10s 5m 2h 3d`, a bare number is seconds (cli.md, "Conduct").
package enum DurationText {
    private static let units: [(suffix: String, milliseconds: Double)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// Throws what a person should have written instead.
    package static func parse(_ text: String) throws(SettingProblem) -> Duration {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let suffix = text[digits.endIndex...]
        let unit = suffix.isEmpty ? 1000 : units.first { $0.suffix == suffix }?.milliseconds
        // A century is beyond every setting and far from overflow.
        guard let unit, let first = digits.first, first != ".", digits.last != ".", let number = Double(digits),
            number * unit < 100 * 366 * 86_400_000
        else { throw SettingProblem("is not a duration such as 500ms, 10s, 5m, 2h or 3d") }
        return .milliseconds(Int64((number * unit).rounded()))
    }

    /// The shortest exact form; days from the fourth on.
    package static func show(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        if attoseconds != 0 { return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms" }
        if seconds != 0 && seconds % 86_400 == 0 && seconds > 3 * 86_400 { return "\(seconds / 86_400)d" }
        if seconds != 0 && seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        if seconds != 0 && seconds % 60 == 0 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}
