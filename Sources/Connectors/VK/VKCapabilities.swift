import Domain

/// What VK can do (mission.md, the matrix and seed 2.3; providers/vk.md, sections 3 and 7 to 11).
package enum VKCapabilities {
    /// Settings beside the defaults: `text_limit`, `rate` (cli.md, "Account settings").
    package static func make(settings: [String: String] = [:]) -> Capabilities {
        let buttons: [Keyboard.Button.Kind] = [.text, .callback, .url, .location]
        var capabilities = Capabilities(
            kinds: kinds, textMax: textMax(settings), textUnit: .utf16,
            keyboards: .init(
                reply: .init(rows: 10, perRow: 5, total: 40, label: 40, dataBytes: 255, kinds: buttons),
                inline: .init(rows: 6, perRow: 5, total: 10, label: 40, dataBytes: 255, kinds: buttons), remove: true),
            edit: true, delete: true, maxAgeSeconds: 24 * 3600, typing: true, readMark: true, read: true,
            startByExternalID: true, rate: Capabilities.rate(settings["rate"], default: 3))
        capabilities.reply = true
        capabilities.albumMax = 10
        capabilities.forward = .native
        capabilities.seesForwards = true
        capabilities.answersCallbacks = true
        capabilities.reactions = true
        capabilities.customerAvatar = true
        return capabilities
    }

    private static func textMax(_ settings: [String: String]) -> Int {
        Capabilities.textLimit(settings, default: 4000, most: 4096)
    }

    private static var kinds: [MessageKind: Capabilities.Kind] {
        let pictures = ["image/jpeg", "image/png", "image/gif"]
        let (photo, file): (Int64, Int64) = (50 << 20, 200 << 20)
        func asDocument(_ mime: [String], _ receive: Bool = true) -> Capabilities.Kind {
            .init(send: .partial, receive: receive, mime: mime, maxBytes: file, captionMax: 4000)
        }
        return [
            .text: .init(send: .full, receive: true),
            .image: .init(send: .full, receive: true, mime: pictures, maxBytes: photo, captionMax: 4000),
            // A community cannot upload videos; VK refuses mp3 as a file.
            .video: asDocument(["video/*"]),
            .audio: asDocument(["audio/ogg", "audio/mp4", "audio/x-m4a", "audio/aac", "audio/wav", "audio/flac"]),
            .voice: .init(
                send: .full, receive: true, mime: ["audio/ogg", "audio/opus", "application/ogg"], maxBytes: file),
            .document: .init(send: .full, receive: true, maxBytes: file, captionMax: 4000),
            // As a picture.
            .sticker: .init(send: .partial, receive: true, mime: pictures, maxBytes: photo),
            .animation: asDocument(["image/gif", "video/mp4"]),
            .contact: .init(send: .fallback, receive: false),
            .location: .init(send: .full, receive: true),
            .callback: .init(send: .no, receive: true),
            .unsupported: .init(send: .no, receive: true),
        ]
    }
}
