import JSON

/// A `reply_markup`, read as strictly as the Bot API server reads it.
struct ReplyMarkup {
    var kind = ChatMessage.Markup.none
    /// As the message shows it.
    var json: [UInt8] = []
    var requestsContact = false
    /// Buttons that are dropped without a word.
    var lostButtons = 0
    /// What only Telegram's own servers find out, after the chat and the text were judged.
    var deferredFailure: TelegramFailure?

    /// Nil where there is none, or one that shows nothing.
    init?(_ text: String) throws(TelegramFailure) {
        guard !text.isEmpty else { return nil }
        guard let value = try? JSONValue(parsing: text, limits: .telegram) else {
            throw .bad("Can't parse reply keyboard markup JSON object")
        }
        guard case .object = value else { throw .bad("Object expected as reply markup") }
        guard text.utf8.count <= Self.maximumBytes else { throw .bad("reply markup is too long") }
        let fields = StrictFields(value)
        let rows: [[JSONValue]]
        let inlineRows: [[JSONValue]]
        let isRemoval: Bool
        let isForceReply: Bool
        do throws(FieldProblem) {
            rows = try Self.rows("keyboard", fields, "ReplyKeyboardMarkup")
            inlineRows = try Self.rows("inline_keyboard", fields, "InlineKeyboardMarkup")
            for name in ["resize_keyboard", "one_time_keyboard", "is_persistent", "selective"] {
                _ = try fields.flag(name)
            }
            _ = try fields.text("input_field_placeholder")
            isRemoval = try fields.flag("remove_keyboard")
            isForceReply = try fields.flag("force_reply")
        } catch {
            throw .bad(error.text)
        }

        if !rows.isEmpty {
            for row in rows { for button in row { try read(keyboardButton: button) } }
            lostButtons = Self.lost(of: rows)
            kind = .other
        } else if !inlineRows.isEmpty {
            var judge = InlineButtons()
            let shown = try judge.read(inlineRows)
            deferredFailure = judge.deferredFailure
            lostButtons = inlineRows.reduce(0) { $0 + $1.count } - shown.reduce(0) { $0 + ($1.array?.count ?? 0) }
            if shown.isEmpty { return nil }
            kind = .inline
            json = JSONWriter.bytes(of: JSONValue.object([JSONMember("inline_keyboard", .array(shown))]))
            return
        } else if isRemoval || isForceReply {
            kind = .other
        } else {
            return nil
        }
        json = JSONWriter.bytes(of: value)
    }

    private static let maximumBytes = 10_240

    /// Beyond 12 in a row and 300 in all, and those without a text.
    private static func lost(of rows: [[JSONValue]]) -> Int {
        let kept = rows.map { row in
            min(row.filter { !($0.string ?? $0["text"]?.string ?? "").trimmingSpaces().isEmpty }.count, 12)
        }.reduce(0, +)
        return rows.reduce(0) { $0 + $1.count } - min(kept, 300)
    }

    private static func rows(
        _ name: String, _ fields: StrictFields, _ type: String
    ) throws(FieldProblem) -> [[JSONValue]] {
        var rows: [[JSONValue]] = []
        for row in try fields.array(name) ?? [] {
            guard let buttons = row.array else {
                throw FieldProblem("Field \"\(name)\" of the \(type) must be an Array of Arrays")
            }
            rows.append(buttons)
        }
        return rows
    }

    private mutating func read(keyboardButton button: JSONValue) throws(TelegramFailure) {
        do throws(FieldProblem) {
            switch button {
            case .string: return
            case .object: try read(keyboardButton: StrictFields(button))
            default: throw FieldProblem("KeyboardButton must be a String or an Object")
            }
        } catch {
            throw .bad("Can't parse keyboard button: \(error.text)")
        }
    }

    private mutating func read(keyboardButton fields: StrictFields) throws(FieldProblem) {
        _ = try fields.requiredText("text")
        if try fields.flag("request_contact") { requestsContact = true }
        _ = try fields.flag("request_location")
        if let poll = try fields.objectMember("request_poll") { _ = try poll.text("type") }
        for name in ["request_users", "request_chat"] {
            if let request = try fields.objectMember(name) { _ = try request.integer("request_id") }
        }
        if let app = try fields.objectMember("web_app") {
            let url = try app.requiredText("url")
            if !url.hasPrefix("https://") {
                deferredFailure = .bad("keyboard button Web App URL '\(url)' is invalid: Only HTTPS links are allowed")
            }
        }
    }
}
