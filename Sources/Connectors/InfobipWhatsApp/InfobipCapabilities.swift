import Domain

/// What WhatsApp can do through Infobip (mission.md, the matrix; providers/whatsapp-infobip.md, sections 3, 4 and 8).
package enum InfobipCapabilities {
    /// Settings beside the defaults: `text_limit`, `rate` (cli.md, "Account settings").
    package static func make(settings: [String: String] = [:]) -> Capabilities {
        // Up to three as buttons, up to ten as a list.
        let buttons = Capabilities.Layout(
            rows: 10, perRow: 1, total: 10, label: 20, dataBytes: 200, kinds: [.text, .callback])
        var capabilities = Capabilities(
            kinds: kinds, textMax: Capabilities.textLimit(settings, default: 4096, most: 4096), textUnit: .utf16,
            keyboards: .init(reply: buttons, inline: buttons), readMark: true, delivered: true, read: true,
            startByExternalID: true, startByPhone: true, rate: settings["rate"].flatMap(Double.init), windowHours: 24)
        capabilities.phone = .address
        capabilities.reply = true
        capabilities.forward = .copy
        capabilities.seesForwards = true
        return capabilities
    }

    private static var kinds: [MessageKind: Capabilities.Kind] {
        let (image, video, document): (Int64, Int64, Int64) = (5 << 20, 16 << 20, 100 << 20)
        // WhatsApp itself shows no more of a caption.
        let caption = 1024
        return [
            .text: .init(send: .full, receive: true),
            .image: .init(
                send: .full, receive: true, mime: ["image/jpeg", "image/png"], maxBytes: image, captionMax: caption),
            .video: .init(
                send: .full, receive: true, mime: ["video/mp4", "video/3gpp"], maxBytes: video, captionMax: caption),
            .audio: .init(
                send: .full, receive: true,
                mime: ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/ogg"],
                maxBytes: video),
            .voice: .init(send: .fallback, receive: true),
            .document: .init(send: .full, receive: true, maxBytes: document, captionMax: caption),
            .sticker: .init(send: .full, receive: true, mime: ["image/webp"], maxBytes: 500_000),
            .animation: .init(send: .fallback, receive: false),
            .contact: .init(send: .full, receive: true),
            .location: .init(send: .full, receive: true),
            .template: .init(send: .full, receive: false),
            .callback: .init(send: .no, receive: true),
            .unsupported: .init(send: .no, receive: true),
        ]
    }
}
