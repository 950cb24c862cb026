import JSON

/// A file as the simulated Telegram keeps it for one bot.
struct KeptFile: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case photo, video, animation, audio, voice, document, sticker
        case videoNote = "video_note"

        /// As sentences about it name it.
        var name: String {
            switch self {
            case .photo: "Photo"
            case .video: "Video"
            case .animation: "Animation"
            case .audio: "Audio"
            case .voice: "VoiceNote"
            case .document: "Document"
            case .sticker: "Sticker"
            case .videoNote: "VideoNote"
            }
        }

        /// How ids of the kind begin.
        var prefix: String {
            switch self {
            case .photo: "AgACAgIAAxkB"
            case .video: "BAACAgIAAxkB"
            case .animation: "CgACAgIAAxkB"
            case .audio: "CQACAgIAAxkB"
            case .voice: "AwACAgIAAxkB"
            case .document: "BQACAgIAAxkB"
            case .sticker: "CAACAgIAAxkB"
            case .videoNote: "DQACAgIAAxkB"
            }
        }

        var folder: String {
            switch self {
            case .photo: "photos"
            case .video: "videos"
            case .animation: "animations"
            case .audio: "music"
            case .voice: "voice"
            case .document: "documents"
            case .sticker: "stickers"
            case .videoNote: "video_notes"
            }
        }

        var hasCaption: Bool { self != .sticker && self != .videoNote }
    }

    enum Content: Sendable {
        case bytes([UInt8])
        /// That many zeros, made when they are asked for.
        case zeros(Int)

        var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .zeros(let count): count
            }
        }

        var bytes: [UInt8] {
            switch self {
            case .bytes(let bytes): bytes
            case .zeros(let count): Array(repeating: 0, count: count)
            }
        }
    }

    var id = ""
    var uniqueID = ""
    var bot: Int64 = 0
    var kind: Kind
    var content: Content
    var name: String?
    var mime: String?
    var width = 0
    var height = 0
    var duration = 0
    var emoji: String?
    var isAnimated = false
    var isVideo = false
    /// The other sizes of the same photo, in their order.
    var sizes: [String] = []

    init(_ kind: Kind, _ content: Content, name: String? = nil, mime: String? = nil) {
        self.kind = kind
        self.content = content
        self.name = name
        self.mime = mime
    }

    var size: Int { content.count }

    /// As the member of a message shows it; of a photo one of its sizes.
    var json: [UInt8] {
        JSONWriter.object { writer in
            writer.member("file_id", id)
            writer.member("file_unique_id", uniqueID)
            switch kind {
            case .photo: measures(&writer)
            case .video, .animation:
                measures(&writer)
                writer.member("duration", duration)
                names(&writer)
            case .audio:
                writer.member("duration", duration)
                names(&writer)
            case .voice:
                writer.member("duration", duration)
                writer.member("mime_type", mime ?? "audio/ogg")
            case .document: names(&writer)
            case .sticker:
                writer.member("type", "regular")
                measures(&writer)
                writer.member("is_animated", isAnimated)
                writer.member("is_video", isVideo)
                writer.optional("emoji", emoji)
            case .videoNote:
                writer.member("length", max(width, 1))
                writer.member("duration", duration)
            }
            writer.member("file_size", size)
        }
    }

    private func measures(_ writer: inout JSONWriter) {
        writer.member("width", max(width, 1))
        writer.member("height", max(height, 1))
    }

    private func names(_ writer: inout JSONWriter) {
        writer.optional("file_name", name)
        writer.optional("mime_type", mime)
    }
}
