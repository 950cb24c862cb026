import Domain
import JSON

/// Keyboard → Telegram's `reply_markup`. What Telegram would refuse with the whole message is said before anything is sent.
enum TelegramKeyboard {
    /// `callback_data` holds 1 to 64 bytes.
    static let maxCallbackBytes = 64

    /// Nil where the keyboard has no button.
    static func encoded(_ keyboard: Keyboard) throws(TelegramUnsendable) -> [UInt8]? {
        let rows = keyboard.rows.filter { !$0.isEmpty }
        switch keyboard.style {
        case .remove: return JSONWriter.object { $0.member("remove_keyboard", true) }
        case .inline where !rows.isEmpty:
            let buttons = try encoded(rows, inlineButton)
            return JSONWriter.object { $0.rawMember("inline_keyboard", buttons) }
        case .reply where !rows.isEmpty:
            let buttons = try encoded(rows, replyButton)
            return JSONWriter.object { writer in
                writer.rawMember("keyboard", buttons)
                writer.member("resize_keyboard", true)
                if keyboard.oneTime == true { writer.member("one_time_keyboard", true) }
                if keyboard.persistent == true { writer.member("is_persistent", true) }
            }
        case .inline, .reply: return nil
        }
    }

    private static func encoded(
        _ rows: [[Keyboard.Button]], _ button: (Keyboard.Button) throws(TelegramUnsendable) -> [UInt8]
    ) throws(TelegramUnsendable) -> [UInt8] {
        var encoded: [[[UInt8]]] = []
        for row in rows {
            var buttons: [[UInt8]] = []
            for one in row { buttons.append(try button(one)) }
            encoded.append(buttons)
        }
        var writer = JSONWriter()
        writer.array { writer in
            for row in encoded { writer.array { writer in for button in row { writer.raw(button) } } }
        }
        return writer.bytes
    }

    private static func inlineButton(_ button: Keyboard.Button) throws(TelegramUnsendable) -> [UInt8] {
        switch button.kind {
        case .callback:
            let data = button.data ?? button.text
            guard (1...maxCallbackBytes).contains(data.utf8.count) else {
                throw unsendable("too_long", "the data of a button under a Telegram message is 1 to 64 bytes long")
            }
            return inline(button, "callback_data", data)
        case .url:
            guard let url = button.url, TelegramEntities.isTelegramLink(url) else {
                throw unsendable(
                    "unsupported", "a link button of Telegram needs an http or https address whose host has a dot")
            }
            return inline(button, "url", url)
        case .text, .phone, .location:
            throw unsendable(
                "unsupported",
                "Telegram has no \(button.kind.rawValue) buttons under a message, only in place of the keyboard")
        }
    }

    private static func inline(_ button: Keyboard.Button, _ action: String, _ value: String) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("text", button.text)
            writer.member(action, value)
            writer.optional("style", button.color.flatMap(style))
        }
    }

    private static func style(_ color: Keyboard.Button.Color) -> String? {
        switch color {
        case .primary: "primary"
        case .positive: "success"
        case .negative: "danger"
        case .secondary: nil
        }
    }

    private static func replyButton(_ button: Keyboard.Button) throws(TelegramUnsendable) -> [UInt8] {
        let request: String?
        switch button.kind {
        case .text: request = nil
        case .phone: request = "request_contact"
        case .location: request = "request_location"
        case .callback, .url:
            throw unsendable(
                "unsupported",
                "Telegram has no \(button.kind.rawValue) buttons in place of the keyboard, only under a message")
        }
        return JSONWriter.object { writer in
            writer.member("text", button.text)
            if let request { writer.member(request, true) }
        }
    }

    private static func unsendable(_ code: String, _ text: String) -> TelegramUnsendable { .init(code, text) }
}
