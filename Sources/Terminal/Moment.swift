/// A moment as it is printed everywhere, `2026-01-31T10:00:00.000Z`, in the forms that a narrow window takes.
struct Moment {
    enum Precision: CaseIterable {
        /// `01-31 10:00:00.000`
        case milliseconds
        /// `01-31 10:00:00`
        case seconds
    }

    private let text: String

    /// Nil for any other text.
    init?(_ text: String) {
        guard text.utf8.count == 24 else { return nil }
        let shape = text.utf8.map { (48...57).contains($0) ? UInt8(ascii: "0") : $0 }
        guard shape.elementsEqual("0000-00-00T00:00:00.000Z".utf8) else { return nil }
        self.text = text
    }

    func short(_ precision: Precision) -> String {
        let day = text.dropFirst("2026-".count).prefix("01-31".count)
        let clock = text.dropFirst("2026-01-31T".count)
        return "\(day) \(clock.prefix(precision == .milliseconds ? "10:00:00.000".count : "10:00:00".count))"
    }
}
