import Domain

/// What the `cursor` of `session.hello` may say.
package enum SessionStart: Sendable, Equatable {
    /// `"last"`: what this agent last acknowledged.
    case last
    /// `at:<RFC 3339>`: the first event written at or after that moment.
    case at(Timestamp)
    case after(Cursor)

    /// Nil where the text is none of them.
    package init?(text: String) {
        if text == "last" {
            self = .last
        } else if text.hasPrefix("at:") {
            guard let time = Timestamp(rfc3339: text.dropFirst(3)) else { return nil }
            self = .at(time)
        } else {
            guard let cursor = Cursor(text: text) else { return nil }
            self = .after(cursor)
        }
    }
}
