import Domain

/// What Odnoklassniki can do (mission.md, the matrix; providers/ok.md, sections 5 to 8).
package enum OKCapabilities {
    /// Settings beside the defaults: `text_limit`, `rate` (cli.md, "Account settings").
    package static func make(settings: [String: String] = [:]) -> Capabilities {
        // There are buttons under messages only; a reply keyboard goes there too.
        let buttons = Capabilities.Layout(
            rows: 30, perRow: 7, total: 210, dataBytes: 1024, kinds: [.text, .callback, .url])
        var capabilities = Capabilities(
            kinds: kinds, textMax: Capabilities.textLimit(settings, default: 4000, most: 4000), textUnit: .utf16,
            keyboards: .init(reply: buttons, inline: buttons), typing: true, readMark: true, startByExternalID: true,
            rate: Capabilities.rate(settings["rate"], default: 10))
        capabilities.reply = true
        capabilities.albumMax = 5
        capabilities.answersCallbacks = true
        capabilities.customerAvatar = true
        return capabilities
    }

    private static var kinds: [MessageKind: Capabilities.Kind] {
        [
            .text: .init(send: .full, receive: true),
            .image: .init(
                send: .full, receive: true, mime: ["image/jpeg", "image/png", "image/gif"], captionMax: 4000),
            .video: .init(send: .full, receive: true, mime: ["video/*"], captionMax: 4000),
            .audio: .init(send: .full, receive: true, mime: ["audio/*"], captionMax: 4000),
            .voice: .init(send: .fallback, receive: false),
            .document: .init(send: .full, receive: true, captionMax: 4000),
            .sticker: .init(send: .fallback, receive: true),
            .animation: .init(send: .fallback, receive: false),
            .contact: .init(send: .fallback, receive: true),
            .location: .init(send: .fallback, receive: true),
            .callback: .init(send: .no, receive: true),
            .unsupported: .init(send: .no, receive: true),
        ]
    }
}
