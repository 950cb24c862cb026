import Domain

/// What WhatsApp can do through MFMS (mission.md, the matrix; providers/whatsapp-mfms.md, sections 2, 3 and 7).
package enum MfmsCapabilities {
    /// Settings beside the defaults: `text_limit`, `rate` (cli.md, "Account settings").
    package static func make(settings: [String: String] = [:]) -> Capabilities {
        var capabilities = Capabilities(
            // Buttons stand in templates only.
            kinds: kinds, textMax: Capabilities.textLimit(settings, default: 4096, most: 4096), textUnit: .utf16,
            delivered: true, read: true, startByExternalID: true, startByPhone: true,
            rate: settings["rate"].flatMap(Double.init), windowHours: 24)
        capabilities.phone = .address
        capabilities.forward = .copy
        capabilities.customerAvatar = true
        return capabilities
    }

    private static var kinds: [MessageKind: Capabilities.Kind] {
        let (image, video, document): (Int64, Int64, Int64) = (5 << 20, 16 << 20, 100 << 20)
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
            .voice: .init(send: .fallback, receive: false),
            // Its name takes the place of a caption.
            .document: .init(send: .full, receive: true, maxBytes: document),
            // As a document; one that comes in is a picture.
            .sticker: .init(send: .partial, receive: true, maxBytes: document),
            .animation: .init(send: .fallback, receive: false),
            .contact: .init(send: .fallback, receive: false),
            .location: .init(send: .full, receive: true),
            .template: .init(send: .full, receive: false),
            .callback: .init(send: .no, receive: true),
            .unsupported: .init(send: .no, receive: true),
        ]
    }
}
