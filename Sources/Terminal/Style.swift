/// Colours and weights of a terminal, or nothing where they do not belong.
package struct Style: Sendable, Equatable {
    package enum Colour: Int, Sendable {
        case red = 31
        case green = 32
        case yellow = 33
        case blue = 34
        case magenta = 35
        case cyan = 36
        case grey = 90
    }

    package let isEnabled: Bool

    /// A style that leaves every text as it is.
    package static let plain = Style(isEnabled: false)

    package init(isEnabled: Bool) { self.isEnabled = isEnabled }

    /// Colour belongs on a terminal that can show it, unless the person said no: by `--no-color`, or by `NO_COLOR` with any
    /// value but the empty one (no-color.org).
    package init(isTerminal: Bool, noColor: Bool, environment: [String: String]) {
        let refused = noColor || environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        isEnabled = isTerminal && !refused && environment["TERM"] != "dumb"
    }

    package func callAsFunction(_ text: String, _ colour: Colour?, bold: Bool = false) -> String {
        guard isEnabled, !text.isEmpty, colour != nil || bold else { return text }
        var codes: [String] = bold ? ["1"] : []
        if let colour { codes.append(String(colour.rawValue)) }
        return "\u{1B}[\(codes.joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    package func bold(_ text: String) -> String { self(text, nil, bold: true) }
}
