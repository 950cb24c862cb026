import Domain

/// How a kind of media goes to Telegram: by which method, under which name, in what bounds.
struct TelegramMediaMethod: Sendable, Equatable {
    let method: String
    /// The parameter with the file, the member of the answer that holds it, and the use under which its `file_id` is kept: an id
    /// is good for its own kind only.
    let name: String
    let maxBytes: Int64
    var hasCaption = true
    var hasSize = false
    var hasDuration = false

    static let largestUpload: Int64 = 50 << 20
    static let largestPhoto: Int64 = 10 << 20

    static let photo = Self(method: "sendPhoto", name: "photo", maxBytes: largestPhoto)
    static let document = Self(method: "sendDocument", name: "document", maxBytes: largestUpload)

    static func of(_ kind: MediaKind) -> Self {
        switch kind {
        case .image: photo
        case .document: document
        case .video:
            Self(method: "sendVideo", name: "video", maxBytes: largestUpload, hasSize: true, hasDuration: true)
        case .animation:
            Self(method: "sendAnimation", name: "animation", maxBytes: largestUpload, hasSize: true, hasDuration: true)
        case .audio: Self(method: "sendAudio", name: "audio", maxBytes: largestUpload, hasDuration: true)
        case .voice: Self(method: "sendVoice", name: "voice", maxBytes: largestUpload, hasDuration: true)
        case .sticker: Self(method: "sendSticker", name: "sticker", maxBytes: largestUpload, hasCaption: false)
        }
    }

    /// Width and height together at most 10,000, and neither more than 20 times the other (providers' digest, section 5).
    static func isPhoto(width: Int?, height: Int?) -> Bool {
        guard let width, let height, width > 0, height > 0 else { return true }
        return width + height <= 10_000 && max(width, height) <= 20 * min(width, height)
    }
}
