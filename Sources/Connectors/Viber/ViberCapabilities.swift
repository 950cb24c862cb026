import Domain

/// What Viber can do (mission.md, the matrix and seed 2.3; providers/viber.md, sections 6 to 10).
package enum ViberCapabilities {
    package static let burstPerChat = 5
    package static let captionMax = 512
    package static let pictureBytes: Int64 = 1 << 20
    package static let videoBytes: Int64 = 26 << 20
    package static let fileBytes: Int64 = 50 << 20

    /// Settings beside the defaults: `text_limit`, `rate` (cli.md, "Account settings").
    package static func make(settings: [String: String] = [:]) -> Capabilities {
        var capabilities = Capabilities(
            // The whole request holds 30 KB: in UTF-16 units, of at most three bytes each, 7000 always fit.
            kinds: kinds, textMax: Capabilities.textLimit(settings, default: 7000, most: 7000), textUnit: .utf16,
            keyboards: .init(
                reply: .init(
                    rows: 12, perRow: 6, total: 72, label: 250, dataBytes: 1024, kinds: Keyboard.Button.Kind.allCases,
                    linkSchemes: ["http", "https"]),
                // As rich media: one card.
                inline: .init(
                    rows: 7, perRow: 6, total: 42, label: 250, dataBytes: 1024, kinds: [.text, .callback, .url],
                    linkSchemes: ["http", "https"])),
            delivered: true, read: true, startByExternalID: true, rate: rate(settings))
        capabilities.phone = .button
        capabilities.locationTitles = false
        capabilities.customerAvatar = true
        capabilities.agentAvatar = true
        return capabilities
    }

    private static var kinds: [MessageKind: Capabilities.Kind] {
        let pictures = ["image/jpeg", "image/png", "image/gif"]
        return [
            .text: .init(send: .full, receive: true),
            .image: .init(
                send: .full, receive: true, mime: pictures, maxBytes: pictureBytes, captionMax: captionMax),
            .video: .init(send: .full, receive: true, mime: ["video/mp4"], maxBytes: videoBytes),
            .audio: .init(send: .fallback, receive: false),
            .voice: .init(send: .fallback, receive: false),
            .document: .init(send: .full, receive: true, maxBytes: fileBytes),
            // As a picture.
            .sticker: .init(send: .partial, receive: true, mime: pictures, maxBytes: pictureBytes),
            .animation: .init(send: .fallback, receive: false),
            .contact: .init(send: .full, receive: true),
            .location: .init(send: .full, receive: true),
            .callback: .init(send: .no, receive: true),
            .unsupported: .init(send: .no, receive: true),
        ]
    }

    /// Sends per second over the account; 0 for no limit. Viber publishes none: well below what users report.
    package static func rate(_ settings: [String: String]) -> Double {
        Capabilities.rate(settings["rate"], default: 40)
    }

    /// Sends per second into one chat; 0 for no limit.
    package static func ratePerChat(_ settings: [String: String]) -> Double {
        Capabilities.rate(settings["rate_per_chat"], default: 1)
    }
}
