/// Sizes as people write them: `200MiB`, `64 KiB`, `10MB`, a bare number is bytes.
package enum ByteSize {
    private static let units: [(suffix: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000),
        ("B", 1),
    ]

    /// Throws what a person should have written instead.
    package static func parse(_ text: String) throws(SettingProblem) -> Int {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text[digits.endIndex...].drop { $0 == " " }
        let unit = suffix.isEmpty ? 1 : units.first { $0.suffix == suffix }?.bytes
        guard let unit, let number = Int(digits) else {
            throw SettingProblem("is not a size such as 65536, 64KiB or 200MiB")
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow else { throw SettingProblem("is too large") }
        return bytes
    }

    /// For people who look: `999 B`, `48 KB`, `1.4 MB`.
    package static func about(_ bytes: Int64) -> String {
        for (suffix, unit) in [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3)] where Double(bytes) >= unit {
            let value = Double(bytes) / unit
            let tenths = (value * 10).rounded()
            return value >= 9.95
                ? "\(Int(value.rounded())) \(suffix)" : "\(Int(tenths) / 10).\(Int(tenths) % 10) \(suffix)"
        }
        return "\(bytes) B"
    }

    package static func show(_ bytes: Int) -> String {
        for (suffix, unit) in units.prefix(3) where bytes >= unit && bytes % unit == 0 {
            return "\(bytes / unit)\(suffix)"
        }
        return "\(bytes)B"
    }
}
