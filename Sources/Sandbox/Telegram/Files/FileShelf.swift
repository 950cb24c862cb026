import JSON

/// All files of the simulated Telegram: by their ids, and by the paths that `getFile` gave out.
struct FileShelf {
    private struct Place {
        var file: String
        var ends: Double
    }

    /// Seconds for which a path leads to its file.
    static let pathLife = 3600.0

    private var files: [String: KeptFile] = [:]
    private var places: [String: Place] = [:]
    private var last = 0

    subscript(id: String) -> KeptFile? { files[id] }

    /// Keeps the file for a bot and gives it as it is kept: of a photo the largest of its sizes.
    mutating func keep(_ file: KeptFile, for bot: Int64) -> KeptFile {
        var file = file
        file.bot = bot
        guard file.kind == .photo else { return add(file) }
        var sizes = [90, 320].filter { $0 < max(file.width, file.height) }.map { side in
            // The picture itself at every size: nobody renders here.
            var small = file
            let scale = Double(side) / Double(max(file.width, file.height))
            small.width = max(1, Int(Double(file.width) * scale))
            small.height = max(1, Int(Double(file.height) * scale))
            return add(small)
        }
        sizes.append(add(file))
        for size in sizes { files[size.id]?.sizes = sizes.map(\.id) }
        return files[sizes[sizes.count - 1].id] ?? file
    }

    private mutating func add(_ file: KeptFile) -> KeptFile {
        var file = file
        last += 1
        let number = String(last, radix: 36)
        file.id = "\(file.kind.prefix)\(file.bot % 100_000)-\(number)AAR"
        file.uniqueID = "AgAD\(number)Q"
        files[file.id] = file
        return file
    }

    /// The members of a message that has the file.
    func members(of file: KeptFile) -> [ChatMessage.Member] {
        switch file.kind {
        case .photo:
            let sizes = file.sizes.compactMap { files[$0]?.json }
            var writer = JSONWriter()
            writer.array { writer in for size in sizes { writer.raw(size) } }
            return [ChatMessage.Member("photo", writer.bytes)]
        case .animation:
            var document = file
            document.kind = .document
            return [ChatMessage.Member("animation", file.json), ChatMessage.Member("document", document.json)]
        default: return [ChatMessage.Member(file.kind.rawValue, file.json)]
        }
    }

    /// Where the file can be had for an hour.
    mutating func path(of id: String, now: Double, as wanted: String? = nil) -> String? {
        guard let file = files[id] else { return nil }
        let end = file.name?.split(separator: ".").last.flatMap {
            $0.count <= 5 && $0 != file.name?[...] ? ".\($0)" : nil
        }
        let path = wanted ?? "\(file.kind.folder)/file_\(places.count)\(end ?? Self.endings[file.mime ?? ""] ?? "")"
        places[path] = Place(file: id, ends: now + Self.pathLife)
        return path
    }

    func file(at path: String, now: Double) -> KeptFile? {
        guard let place = places[path], place.ends > now else { return nil }
        return files[place.file]
    }

    /// What happens after an hour.
    mutating func expirePaths() { places = [:] }

    private static let endings = [
        "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "video/mp4": ".mp4", "audio/ogg": ".oga",
        "audio/mpeg": ".mp3", "application/x-tgsticker": ".tgs", "video/webm": ".webm",
    ]
}
