import Terminal

/// One line for a person, in pieces of a colour each. The texts may be customers': they are escaped where they are shown.
struct StyledLine: Sendable, Equatable, ExpressibleByStringLiteral {
    struct Span: Sendable, Equatable {
        var text: String
        var colour: Style.Colour?
    }

    private(set) var spans: [Span] = []

    init(_ text: String = "", _ colour: Style.Colour? = nil) {
        if !text.isEmpty { spans = [Span(text: text, colour: colour)] }
    }

    init(stringLiteral text: String) { self.init(text) }

    mutating func append(_ text: String, _ colour: Style.Colour? = nil) {
        if !text.isEmpty { spans.append(Span(text: text, colour: colour)) }
    }

    mutating func append(_ other: StyledLine) { spans += other.spans }

    /// Without colours.
    var text: String { spans.map(\.text).joined() }
}

extension Output {
    /// As it may be shown here: escaped, in colour where that belongs.
    func shown(_ line: StyledLine) -> String {
        line.spans.map { style(shown($0.text), $0.colour) }.joined()
    }
}
