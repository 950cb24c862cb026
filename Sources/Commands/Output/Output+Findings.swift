import Terminal

extension Output {
    /// A finding for people: `error  what is amiss`, and below it what to do. Wrapped to the window, never cut.
    func finding(_ level: String, _ colour: Style.Colour?, _ text: String, remedy: String?) throws {
        let margin = 9
        let room = max(30, (width ?? 10_000) - margin)
        let label = level + String(repeating: " ", count: max(1, margin - level.count))
        let padding = String(repeating: " ", count: margin)
        for (index, line) in Self.wrap(shown(text), to: room).enumerated() {
            try self.text((index == 0 ? style(label, colour) : padding) + line + "\n")
        }
        for (index, line) in Self.wrap(shown(remedy ?? ""), to: room - 2).enumerated() where !line.isEmpty {
            try self.text("\(padding)\(index == 0 ? "→ " : "  ")\(line)\n")
        }
    }

    /// Cut at blanks, so that no line is wider than that where a word is not.
    static func wrap(_ text: String, to room: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if line.displayWidth + 1 + word.displayWidth <= room {
                line += " \(word)"
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }
}
