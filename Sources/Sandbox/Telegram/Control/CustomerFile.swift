/// A file that a customer sends, or has as a picture.
package struct CustomerFile: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case photo, video, animation, audio, voice, document, sticker
        case videoNote = "video_note"
    }

    package var kind: Kind
    /// The bytes; or so many zeros, which take no memory until they are fetched.
    package var bytes: [UInt8]
    package var zeros: Int?
    package var name: String?
    package var mime: String?
    /// Of photos and webp stickers they are read from the bytes.
    package var width = 0
    package var height = 0
    /// Seconds.
    package var duration = 0
    package var emoji: String?
    package var isAnimated = false
    package var isVideo = false

    package init(
        _ kind: Kind, _ bytes: [UInt8] = [], zeros: Int? = nil, name: String? = nil, mime: String? = nil
    ) {
        self.kind = kind
        self.bytes = bytes
        self.zeros = zeros
        self.name = name
        self.mime = mime
    }

    var kept: KeptFile {
        var file = KeptFile(
            KeptFile.Kind(rawValue: kind.rawValue) ?? .document, zeros.map { .zeros($0) } ?? .bytes(bytes), name: name,
            mime: mime ?? (kind == .photo ? "image/jpeg" : nil))
        let header = ImageHeader(bytes)
        file.width = width > 0 ? width : header?.width ?? (kind == .photo ? 640 : 320)
        file.height = height > 0 ? height : header?.height ?? (kind == .photo ? 480 : 320)
        file.duration = duration
        file.emoji = emoji
        file.isAnimated = isAnimated
        file.isVideo = isVideo
        return file
    }
}
