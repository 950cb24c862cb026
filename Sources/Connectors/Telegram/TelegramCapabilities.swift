import Domain

/// What Telegram can do as far as Eralink does it today: texts with keyboards; everything else arrives as `unsupported`.
package enum TelegramCapabilities {
    /// Settings beside the defaults: `text_limit`, `rate`, `rate_per_chat` (cli.md, "Account settings").
    package static func make(settings: [String: String] = [:]) -> Capabilities {
        var kinds: [MessageKind: Capabilities.Kind] = [:]
        for kind in MessageKind.allCases where kind != .system && kind != .template {
            kinds[kind] = .init(send: .no, receive: .fallback)
        }
        kinds[.text] = .init(send: .full, receive: .full)
        kinds[.callback] = .init(send: .no, receive: .full)
        kinds[.unsupported] = .init(send: .no, receive: .full)
        var capabilities = Capabilities(
            kinds: kinds, text: .init(max: textLimit(settings["text_limit"]), unit: .utf16),
            keyboards: .init(
                reply: true, inline: true, rows: 100, buttons: 100, kinds: Keyboard.Button.Kind.allCases),
            pace: .init(
                rate: rate(settings["rate"]) ?? 30, ratePerChat: rate(settings["rate_per_chat"]) ?? 1, burstPerChat: 3))
        capabilities.typing = true
        capabilities.startByExternalID = true
        return capabilities
    }

    /// 4000 unless set; never over the messenger's own 4096.
    private static func textLimit(_ setting: String?) -> Int {
        guard let setting, let limit = Int(setting), limit > 0 else { return 4000 }
        return min(limit, 4096)
    }

    private static func rate(_ setting: String?) -> Double? {
        guard let setting, let rate = Double(setting), rate.isFinite, rate >= 0 else { return nil }
        return rate
    }
}
