import Domain

/// What Viber can do (mission.md, the matrix and seed 2.3; providers/viber.md, sections 6 to 10).
package enum ViberCapabilities {
    package static let burstPerChat = 5

    package static func make(settings: [String: String] = [:]) -> Capabilities {
        var kinds: [MessageKind: Capabilities.Kind] = [:]
        for kind in MessageKind.allCases where kind != .system && kind != .template {
            kinds[kind] = .init(send: .no, receive: false)
        }
        let pictures = ["image/jpeg", "image/png", "image/gif"]
        kinds[.text] = .init(send: .full, receive: true)
        kinds[.image] = .init(send: .full, receive: true, mime: pictures, maxBytes: 1 << 20, captionMax: 512)
        kinds[.video] = .init(send: .full, receive: true, mime: ["video/mp4"], maxBytes: 26 << 20)
        kinds[.document] = .init(send: .full, receive: true, maxBytes: 50 << 20)
        kinds[.sticker] = .init(send: .partial, receive: true, mime: pictures, maxBytes: 1 << 20)
        for kind in [MessageKind.audio, .voice, .animation] { kinds[kind] = .init(send: .fallback, receive: false) }
        kinds[.contact] = .init(send: .full, receive: true)
        kinds[.location] = .init(send: .full, receive: true)
        kinds[.callback] = .init(send: .no, receive: true)
        kinds[.unsupported] = .init(send: .no, receive: true)
        return Capabilities(
            // The whole request holds 30 KB: in UTF-16 units, of at most three bytes each, 7000 always fit.
            kinds: kinds, textMax: textLimit(settings["text_limit"]), textUnit: .utf16,
            keyboards: .init(reply: true, inline: true, rows: 12, buttons: 6, kinds: Keyboard.Button.Kind.allCases),
            delivered: true, read: true, startByExternalID: true, rate: rate(settings))
    }

    /// Sends per second over the account; 0 for no limit. Viber publishes none (digest, section 10).
    package static func rate(_ settings: [String: String]) -> Double { number(settings["rate"]) ?? 40 }

    /// Sends per second into one chat; 0 for no limit.
    package static func ratePerChat(_ settings: [String: String]) -> Double { number(settings["rate_per_chat"]) ?? 1 }

    private static func textLimit(_ setting: String?) -> Int {
        guard let setting, let limit = Int(setting), limit > 0 else { return 7000 }
        return min(limit, 7000)
    }

    private static func number(_ setting: String?) -> Double? {
        guard let setting, let number = Double(setting), number.isFinite, number >= 0 else { return nil }
        return number
    }
}
