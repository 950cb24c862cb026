/// A file as a call gives it, in one of the three ways (digest, section 5, "Files out").
enum InputFile {
    case upload(UploadedFile)
    case reference(String)
    case url(String)
}

/// A part of a form that has a file name.
struct UploadedFile: Sendable {
    var part: String
    var filename: String
    var mime: String?
    var bytes: [UInt8]
}

extension TelegramWorld {
    /// Nil where the call has none of that name.
    func input(_ call: TelegramCall, _ value: String, part: String? = nil) throws(TelegramFailure) -> InputFile? {
        if let part, let file = call.parameters.file(part) { return .upload(file) }
        if value.isEmpty { return nil }
        if let name = value.removing("attach://") {
            guard let file = call.parameters.file(name) else {
                report(.badAttachment, call, value)
                throw .bad("Wrong file identifier/HTTP URL specified")
            }
            return .upload(file)
        }
        if value.hasPrefix("http://") || value.hasPrefix("https://") { return .url(value) }
        return .reference(value)
    }

    /// What Telegram makes of it when it is to be sent as that kind; a new file is kept.
    func keep(
        _ input: InputFile, as kind: KeptFile.Kind, _ call: TelegramCall, _ hints: FileHints = FileHints()
    ) throws(TelegramFailure) -> KeptFile {
        switch input {
        case .url(let url):
            report(.notSimulated, call, "a file by URL: \(url)")
            throw .bad("Failed to get HTTP URL content")
        case .reference(let id):
            guard let file = files[id], file.bot == call.bot.bot.id else {
                throw .bad("Wrong file identifier/HTTP URL specified")
            }
            let isInterchangeable = [file.kind, kind].allSatisfy { $0 == .animation || $0 == .document }
            guard file.kind == kind || isInterchangeable else {
                throw .bad("can't use file of type \(file.kind.name) as \(kind.name)")
            }
            return file
        case .upload(let upload): return files.keep(try made(of: upload, as: kind, hints), for: call.bot.bot.id)
        }
    }

    private func made(
        of upload: UploadedFile, as kind: KeptFile.Kind, _ hints: FileHints
    ) throws(TelegramFailure) -> KeptFile {
        let bytes = upload.bytes
        guard !bytes.isEmpty else { throw .bad("File must be non-empty") }
        guard bytes.count <= kind.largest || kind == .photo else { throw TelegramFailure(413, "") }
        let mime = Self.mime(of: upload)
        var file = KeptFile(kind, .bytes(bytes), name: upload.filename, mime: mime)
        file.width = hints.width
        file.height = hints.height
        file.duration = hints.duration
        switch kind {
        case .photo: try Self.shape(photo: &file, bytes)
        case .sticker: Self.shape(sticker: &file, bytes)
        case .document where mime == "image/gif": file.kind = .animation
        case .voice where !["audio/ogg", "audio/mpeg", "audio/mp4", "audio/x-m4a"].contains(mime):
            file.kind = .document
        default: break
        }
        return file
    }

    /// As the part says it, or by the name's end where it says nothing of use.
    private static func mime(of upload: UploadedFile) -> String {
        if let mime = upload.mime, mime != "application/octet-stream" { return mime }
        let end = upload.filename.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return endings[end] ?? "application/octet-stream"
    }

    private static let endings = [
        "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
        "mp4": "video/mp4", "webm": "video/webm", "ogg": "audio/ogg", "oga": "audio/ogg", "mp3": "audio/mpeg",
        "m4a": "audio/mp4", "pdf": "application/pdf", "txt": "text/plain", "zip": "application/zip",
        "tgs": "application/x-tgsticker",
    ]

    private static func shape(photo file: inout KeptFile, _ bytes: [UInt8]) throws(TelegramFailure) {
        guard bytes.count <= KeptFile.Kind.photo.largest else {
            throw .bad(
                "file of size \(bytes.count) bytes is too big for a photo; the maximum size is \(KeptFile.Kind.photo.largest) bytes"
            )
        }
        guard let header = ImageHeader(bytes) else { throw .bad("IMAGE_PROCESS_FAILED") }
        let (width, height) = (header.width, header.height)
        guard min(width, height) > 0, width + height <= 10_000, max(width, height) <= 20 * min(width, height) else {
            throw .bad("PHOTO_INVALID_DIMENSIONS")
        }
        file.width = width
        file.height = height
        // Telegram makes a JPEG of it.
        file.mime = "image/jpeg"
        file.name = nil
    }

    private static func shape(sticker file: inout KeptFile, _ bytes: [UInt8]) {
        (file.width, file.height) = (512, 512)
        if bytes.starts(with: [0x1F, 0x8B]) {
            file.isAnimated = true
        } else if bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            file.isVideo = true
        } else if ImageHeader(bytes)?.format != .webp {
            // What is no sticker becomes a document.
            file.kind = .document
        }
    }
}

/// What a call says of a file that it brings.
struct FileHints {
    var width = 0
    var height = 0
    var duration = 0
}

extension KeptFile.Kind {
    /// Bytes of an upload.
    var largest: Int {
        switch self {
        case .photo: 10 << 20
        case .videoNote: 12 << 20
        default: 50 << 20
        }
    }
}

extension String {
    /// What follows the beginning; nil where the text begins otherwise.
    func removing(_ beginning: String) -> String? {
        hasPrefix(beginning) ? String(dropFirst(beginning.count)) : nil
    }
}
