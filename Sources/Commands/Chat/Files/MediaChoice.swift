import JSON

/// Which kind of message a file goes out as: by the type that the server found in it, and by what the account's channel sends.
enum MediaChoice {
    /// - Parameter kinds: of the account, from `capabilities.get`; nil where nobody knows.
    static func kind(ofFile file: JSONValue, kinds: JSONValue?) -> String {
        let natural = natural(file["mime"]?.string ?? "")
        guard natural != "document", let kinds else { return natural }
        // Where neither fits, the server's refusal of the natural kind says more.
        return fits(file, kinds[natural]) || !fits(file, kinds["document"]) ? natural : "document"
    }

    private static func natural(_ mime: String) -> String {
        let type = mime.split(separator: ";").first.map { $0.lowercased() } ?? ""
        switch type {
        // Drawings that are programs go out as documents.
        case "image/svg+xml": return "document"
        case "image/gif": return "animation"
        case "audio/ogg", "audio/opus": return "voice"
        case _ where type.hasPrefix("image/"): return "image"
        case _ where type.hasPrefix("video/"): return "video"
        case _ where type.hasPrefix("audio/"): return "audio"
        default: return "document"
        }
    }

    private static func fits(_ file: JSONValue, _ kind: JSONValue?) -> Bool {
        guard let kind, kind["send"]?.string != "no" else { return false }
        if let size = file["size"]?.int64, let most = kind["max_bytes"]?.int64, size > most { return false }
        let types = kind["mime"]?.array?.compactMap(\.string) ?? []
        guard !types.isEmpty, let mime = file["mime"]?.string else { return true }
        return types.contains { $0 == mime || $0.hasSuffix("/*") && mime.hasPrefix($0.dropLast()) || $0 == "*" }
    }
}

extension OutgoingContent {
    /// Becomes the message of an uploaded file, with what stood beside the text before.
    mutating func put(file: JSONValue, caption: String?, kinds: JSONValue?) {
        kind = MediaChoice.kind(ofFile: file, kinds: kinds)
        body = .members([
            "file": file["file"], "name": file["name"],
            "caption": caption.flatMap { $0.isEmpty ? nil : .string($0) },
        ])
    }
}
