import Domain

/// What Telegram can do as far as Eralink does it today.
package enum TelegramCapabilities {
    /// How many messages may go at once into a chat after silence.
    package static let burstPerChat = 3

    /// Settings beside the defaults: `text_limit`, `rate` (cli.md, "Account settings").
    package static func make(settings: [String: String] = [:]) -> Capabilities {
        var kinds: [MessageKind: Capabilities.Kind] = [:]
        for kind in MessageKind.allCases where kind != .system && kind != .template {
            kinds[kind] = .init(send: .no, receive: false)
        }
        let sent: [MessageKind] = [
            .text, .image, .video, .audio, .voice, .document, .sticker, .animation, .contact, .location,
        ]
        for kind in sent { kinds[kind] = .init(send: .full, receive: true) }
        kinds[.callback] = .init(send: .no, receive: true)
        kinds[.unsupported] = .init(send: .no, receive: true)
        return Capabilities(
            kinds: kinds, textMax: textLimit(settings["text_limit"]), textUnit: .utf16,
            // Telegram's applications show eight buttons in a row; its servers take about a hundred in all.
            keyboards: .init(reply: true, inline: true, rows: 100, buttons: 8, kinds: Keyboard.Button.Kind.allCases),
            typing: true, startByExternalID: true, rate: rate(settings))
    }

    /// Sends per second over the account; 0 for no limit.
    package static func rate(_ settings: [String: String]) -> Double { number(settings["rate"]) ?? 30 }

    /// Sends per second into one chat; 0 for no limit.
    package static func ratePerChat(_ settings: [String: String]) -> Double { number(settings["rate_per_chat"]) ?? 1 }

    /// 4000 unless set; never over the messenger's own 4096.
    private static func textLimit(_ setting: String?) -> Int {
        guard let setting, let limit = Int(setting), limit > 0 else { return 4000 }
        return min(limit, 4096)
    }

    private static func number(_ setting: String?) -> Double? {
        guard let setting, let number = Double(setting), number.isFinite, number >= 0 else { return nil }
        return number
    }
}
