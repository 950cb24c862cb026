import Domain
import JSON

/// Our keyboard as rows of Viber's buttons. Both styles exist: a keyboard in place of the customer's own, with any message, and a
/// card of rich media in the feed, for a short text alone.
struct ViberKeyboard: Sendable, Equatable {
    var buttons: [ViberButton]
    var rows: Int
    var isInline: Bool

    var level: Int { buttons.map(\.level).max() ?? 1 }
    var asksPhone: Bool { buttons.contains { $0.action == .sharePhone } }
    /// Buttons that nothing older stands in for.
    var needsNew: Bool { level > 1 }

    /// Nil where nothing is to be shown: Viber has no such thing as taking a keyboard away.
    init?(_ keyboard: Keyboard, of part: OutgoingPart, by signature: ViberSignature) throws(ViberUnsendable) {
        let rows = keyboard.rows.flatMap(Self.lines)
        guard keyboard.style != .remove, !rows.isEmpty else { return nil }
        guard rows.count <= ViberLimits.keyboardRows else {
            throw ViberUnsendable(
                "unsupported", "a keyboard of Viber has \(ViberLimits.keyboardRows) rows at most, not \(rows.count)")
        }
        buttons = []
        self.rows = rows.count
        isInline = keyboard.style == .inline
        for row in rows {
            for (button, columns) in zip(row, Self.widths(of: row.count)) {
                buttons.append(try Self.button(button, columns, part, signature))
            }
        }
    }

    /// A row holds six buttons at most; a longer one goes on in the next.
    private static func lines(of row: [Keyboard.Button]) -> [[Keyboard.Button]] {
        stride(from: 0, to: row.count, by: ViberLimits.columns).map { start in
            Array(row[start..<min(start + ViberLimits.columns, row.count)])
        }
    }

    /// Six columns among so many buttons; the first ones are the wider ones.
    static func widths(of count: Int) -> [Int] {
        (0..<count).map { ViberLimits.columns / count + ($0 < ViberLimits.columns % count ? 1 : 0) }
    }

    private static func button(
        _ button: Keyboard.Button, _ columns: Int, _ part: OutgoingPart, _ signature: ViberSignature
    ) throws(ViberUnsendable) -> ViberButton {
        let text = ViberButton.escaped(button.text)
        guard (1...ViberLimits.buttonText).contains(text.utf16.count) else {
            throw ViberUnsendable(
                "too_long", "the text of a button of Viber is 1 to \(ViberLimits.buttonText) characters long")
        }
        var made = ViberButton(columns: columns, action: .reply, body: button.text, text: text)
        made.background = button.color.flatMap(background)
        switch button.kind {
        case .text: break
        case .callback:
            let press = ViberPress(message: part.message, data: button.data ?? button.text)
            made.body = press.actionBody(in: part.chat, by: signature)
            made.isSilent = true
        case .url:
            guard let url = button.url, ViberMedia.isWebLink(url) else {
                throw ViberUnsendable("unsupported", "a link button of Viber needs an http or https address")
            }
            made.action = .openURL
            made.body = url
        // What comes as a text where the device cannot do it (a desktop) is then the button's text.
        case .phone: made.action = .sharePhone
        case .location: made.action = .locationPicker
        }
        return made
    }

    /// Black letters must stay readable on it.
    private static func background(_ color: Keyboard.Button.Color) -> String? {
        switch color {
        case .primary: "#D6CFFB"
        case .positive: "#C8E6C9"
        case .negative: "#FFCDD2"
        case .secondary: nil
        }
    }

    // MARK: JSON

    /// `Type` is mandatory in practice.
    var keyboardJSON: [UInt8] {
        JSONWriter.object {
            $0.member("Type", "keyboard")
            $0.member("DefaultHeight", false)
            $0.member("Buttons", buttons)
        }
    }

    /// The level of all that a card is made of.
    static let cardLevel = 7

    /// A card with the text above the buttons; nil where it does not fit into one, or has buttons that only keyboards are known to have.
    func cardJSON(under text: String) -> [UInt8]? {
        let head = ViberButton.escaped(text)
        guard isInline, !needsNew, head.utf16.count <= ViberLimits.buttonText else { return nil }
        // About forty characters in a line of two thirds of a row's height.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).reduce(0) { $0 + 1 + $1.count / 40 }
        let headRows = max(1, (lines * 2 + 2) / 3)
        guard headRows + rows <= ViberLimits.cardRows else { return nil }
        var title = ViberButton(
            columns: ViberLimits.columns, rows: headRows, action: .none, body: "none", text: head)
        title.alignment = "left"
        return JSONWriter.object {
            $0.member("Type", "rich_media")
            $0.member("ButtonsGroupColumns", ViberLimits.columns)
            $0.member("ButtonsGroupRows", headRows + rows)
            $0.member("BgColor", "#FFFFFF")
            $0.member("Buttons", [title] + buttons)
        }
    }
}
