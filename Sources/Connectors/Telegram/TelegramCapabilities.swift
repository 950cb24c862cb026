import Domain

/// What Telegram can do (mission.md, the matrix and seed 2.3; providers/telegram.md, sections 5 to 7).
package enum TelegramCapabilities {
    /// How many messages may go at once into a chat after silence.
    package static let burstPerChat = 3
    /// Parts of one album.
    package static let albumLimit = 10
    package static let captionMax = 1024
    package static let photoBytes: Int64 = 10 << 20
    package static let fileBytes: Int64 = 50 << 20
    /// What a bot may fetch.
    package static let downloadBytes: Int64 = 20 << 20
    /// After it an own message can be neither changed nor taken back.
    package static let changeSeconds = 48 * 3600

    /// Settings beside the defaults: `text_limit`, `rate` (cli.md, "Account settings").
    package static func make(settings: [String: String] = [:]) -> Capabilities {
        var capabilities = Capabilities(
            kinds: kinds, textMax: Capabilities.textLimit(settings, default: 4000, most: 4096), textUnit: .utf16,
            keyboards: .init(
                // What is over is cut without a word.
                reply: .init(rows: 100, perRow: 12, total: 300, kinds: [.text, .phone, .location]),
                // Its applications show eight in a row; its servers take about a hundred in all.
                inline: .init(
                    rows: 100, perRow: 8, total: 100, dataBytes: 64, kinds: [.callback, .url],
                    linkSchemes: ["http", "https", "tg"]),
                remove: true),
            edit: true, delete: true, maxAgeSeconds: changeSeconds, editsUnderReplyKeyboard: false, typing: true,
            startByExternalID: true, rate: rate(settings))
        capabilities.phone = .button
        capabilities.reply = true
        capabilities.albumMax = albumLimit
        capabilities.forward = .native
        capabilities.seesForwards = true
        capabilities.answersCallbacks = true
        capabilities.reactions = true
        capabilities.customerAvatar = true
        return capabilities
    }

    private static var kinds: [MessageKind: Capabilities.Kind] {
        func media(_ mime: [String], _ bytes: Int64 = fileBytes, captions: Bool = true) -> Capabilities.Kind {
            .init(send: .full, receive: true, mime: mime, maxBytes: bytes, captionMax: captions ? captionMax : nil)
        }
        return [
            .text: .init(send: .full, receive: true),
            .image: media(["image/jpeg", "image/png", "image/webp"], photoBytes),
            .video: media(["video/mp4", "video/quicktime"]),
            .audio: media(["audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/m4a"]),
            .voice: media([
                "audio/ogg", "audio/opus", "application/ogg", "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/m4a",
            ]),
            .document: media([]),
            .sticker: media(
                ["image/webp", "video/webm", "application/x-tgsticker", "application/gzip"], captions: false),
            .animation: media(["image/gif", "video/mp4"]),
            .contact: .init(send: .full, receive: true),
            .location: .init(send: .full, receive: true),
            .callback: .init(send: .no, receive: true),
            .unsupported: .init(send: .no, receive: true),
        ]
    }

    /// Sends per second over the account; 0 for no limit.
    package static func rate(_ settings: [String: String]) -> Double {
        Capabilities.rate(settings["rate"], default: 30)
    }

    /// Sends per second into one chat; 0 for no limit.
    package static func ratePerChat(_ settings: [String: String]) -> Double {
        Capabilities.rate(settings["rate_per_chat"], default: 1)
    }
}
