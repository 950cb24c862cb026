import JSON

/// The buttons of an inline keyboard.
struct InlineButtons {
    var deferredFailure: TelegramFailure?

    /// Gives the rows as the message shows them: buttons without text are dropped, and so is what goes beyond the limits.
    mutating func read(_ rows: [[JSONValue]]) throws(TelegramFailure) -> [JSONValue] {
        var shown: [JSONValue] = []
        var left = Self.maximum
        for row in rows {
            var buttons: [JSONValue] = []
            for button in row {
                let hasText: Bool
                do throws(FieldProblem) {
                    hasText = try read(button)
                } catch {
                    throw .bad("Can't parse inline keyboard button: \(error.text)")
                }
                if hasText, buttons.count < Self.maximumInRow, left > 0 {
                    buttons.append(button)
                    left -= 1
                }
            }
            if !buttons.isEmpty { shown.append(.array(buttons)) }
        }
        return shown
    }

    private static let maximumInRow = 12
    private static let maximum = 300

    /// Whether the button has a text.
    private mutating func read(_ button: JSONValue) throws(FieldProblem) -> Bool {
        guard case .object = button else { throw FieldProblem("InlineKeyboardButton must be an Object") }
        let fields = StrictFields(button)
        let text = try fields.requiredText("text")
        _ = try fields.text("style")
        _ = try fields.text("icon_custom_emoji_id")
        try readAction(fields)
        return !text.trimmingSpaces().isEmpty
    }

    /// The first action that is there counts, in the server's order.
    private mutating func readAction(_ fields: StrictFields) throws(FieldProblem) {
        let url = try fields.text("url")
        if !url.isEmpty {
            if let problem = LinkCheck.problem(of: url) {
                postpone("inline keyboard button URL '\(url)' is invalid: \(problem)")
            }
            return
        }
        let data = try fields.text("callback_data")
        if !data.isEmpty {
            if data.utf8.count > 64 { postpone("BUTTON_DATA_INVALID") }
            return
        }
        if fields.has("pay") || fields.has("callback_game") { return postpone("BUTTON_TYPE_INVALID") }
        for name in ["switch_inline_query", "switch_inline_query_current_chat"] where fields.has(name) {
            _ = try fields.requiredText(name)
            return
        }
        if let chosen = try fields.objectMember("switch_inline_query_chosen_chat") {
            _ = try chosen.text("query")
            for name in ["allow_user_chats", "allow_bot_chats", "allow_group_chats", "allow_channel_chats"] {
                _ = try chosen.flag(name)
            }
            return
        }
        if let login = try fields.objectMember("login_url") {
            _ = try login.requiredText("url")
            _ = try login.text("bot_username")
            _ = try login.flag("request_write_access")
            return postpone("BOT_DOMAIN_INVALID")
        }
        if let app = try fields.objectMember("web_app") {
            let url = try app.requiredText("url")
            if !url.hasPrefix("https://") {
                postpone("inline keyboard button Web App URL '\(url)' is invalid: Only HTTPS links are allowed")
            }
            return
        }
        if let copy = try fields.objectMember("copy_text") {
            let text = try copy.text("text")
            if !(1...256).contains(text.unicodeScalars.count) { postpone("BUTTON_COPY_TEXT_INVALID") }
            return
        }
        throw FieldProblem("Text buttons are unallowed in the inline keyboard")
    }

    private mutating func postpone(_ text: String) {
        if deferredFailure == nil { deferredFailure = .bad(text) }
    }
}

/// What Telegram takes for a link.
enum LinkCheck {
    /// Nil where the link is fine.
    static func problem(of url: String) -> String? {
        guard !url.isEmpty else { return "URL host is empty" }
        var rest = url[...]
        if let scheme = url.range(of: "://") {
            let name = url[..<scheme.lowerBound].lowercased()
            if ["tg", "ton", "tonsite"].contains(name) { return nil }
            guard ["http", "https"].contains(name) else { return "Unsupported URL protocol" }
            rest = url[scheme.upperBound...]
        } else if url.hasPrefix("tg:") {
            return nil
        } else if url.hasPrefix("mailto:") || url.hasPrefix("tel:") {
            return "Unsupported URL protocol"
        }
        let host = rest.prefix { !"/?#:".contains($0) }
        if host.isEmpty { return "URL host is empty" }
        guard host.contains("."), !host.hasPrefix("."), !host.hasSuffix("."), !host.contains(where: \.isWhitespace)
        else {
            return "Wrong HTTP URL"
        }
        return nil
    }
}

extension StringProtocol {
    /// Where a text first stands.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
