import Domain
import JSON

/// A message's file → what is said of it, and what it is fetched by. Pure.
enum TelegramMedia {
    struct Reading: Equatable {
        var content: Content
        var file: IncomingFile
    }

    /// Nil where the member has not the shape of its type, or names no file.
    static func read(_ type: String, of message: JSONValue) -> Reading? {
        guard let kind = kinds[type], let member = message[type],
            let object = type == "photo" ? largest(member) : member,
            let source = identifier(object["file_id"])
        else { return nil }
        var file = IncomingFile(source: source)
        file.uniqueKey = identifier(object["file_unique_id"])
        file.name = object["file_name"]?.string.flatMap {
            $0.isEmpty ? nil : $0.cut(toBytes: TelegramLimits.fileNameBytes)
        }
        file.mime = mime(type, object)
        file.size = object["file_size"]?.int64.flatMap { $0 >= 0 ? $0 : nil }
        file.refusal = refusal(size: file.size)
        var media = MediaContent(file: .unassigned)
        media.name = file.name
        media.mime = file.mime
        media.size = file.size
        media.width = measure(object["width"] ?? object["length"])
        media.height = measure(object["height"] ?? object["length"])
        media.duration = measure(object["duration"])
        if hasCaption(type), let caption = message["caption"]?.string, !caption.isEmpty {
            media.caption = TelegramEntities.spelledOut(message["caption_entities"], of: caption)
        }
        return Reading(content: .media(kind, media), file: file)
    }

    /// The same picture comes in several sizes; the largest is the picture.
    static func largest(_ sizes: JSONValue) -> JSONValue? {
        sizes.array?.filter { identifier($0["file_id"]) != nil }.max { area(of: $0) < area(of: $1) }
    }

    static func area(of size: JSONValue) -> Int { (measure(size["width"]) ?? 0) * (measure(size["height"]) ?? 0) }

    static func identifier(_ value: JSONValue?) -> String? {
        guard let text = value?.string, (1...TelegramLimits.fileIDBytes).contains(text.utf8.count) else { return nil }
        return text
    }

    /// Telegram gives bots no file over 20 MiB (providers' digest, section 5, "Files in").
    private static func refusal(size: Int64?) -> Reason? {
        guard let size, size > TelegramLimits.downloadBytes else { return nil }
        // Rounded up, and without running over: a size may be any number.
        let megabytes = ((size - 1) >> 20) + 1
        return Reason(
            code: "too_large", text: "Telegram gives bots no file over 20 MB, and this one has \(megabytes) MB")
    }

    private static let kinds: [String: MediaKind] = [
        "photo": .image, "video": .video, "video_note": .video, "animation": .animation, "audio": .audio,
        "voice": .voice, "document": .document, "sticker": .sticker,
    ]

    private static func hasCaption(_ type: String) -> Bool { type != "sticker" && type != "video_note" }

    /// What the messenger says, or what files of the type always are.
    private static func mime(_ type: String, _ object: JSONValue) -> String? {
        if let mime = object["mime_type"]?.string, !mime.isEmpty, mime.utf8.count <= TelegramLimits.mimeBytes {
            return mime
        }
        switch type {
        case "photo": return "image/jpeg"
        case "video_note": return "video/mp4"
        case "voice": return "audio/ogg"
        case "sticker" where object["is_animated"]?.bool == true: return "application/x-tgsticker"
        case "sticker" where object["is_video"]?.bool == true: return "video/webm"
        case "sticker": return "image/webp"
        default: return nil
        }
    }

    private static func measure(_ value: JSONValue?) -> Int? {
        guard let number = value?.int64, (1...1_000_000_000).contains(number) else { return nil }
        return Int(number)
    }
}
