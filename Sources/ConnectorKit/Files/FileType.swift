/// What a file is, by its first bytes: names and declared types are other people's word.
package struct FileType: Sendable, Equatable {
    package var mime: String
    /// Without the dot.
    package var fileExtension: String

    /// - Parameters:
    ///   - head: the first bytes, 512 or more where there are so many.
    ///   - declared: what whoever sent it says; it decides only among types that look alike.
    ///   - name: its extension decides likewise.
    package static func sniffed(_ head: [UInt8], declared: String? = nil, name: String? = nil) -> FileType {
        for signature in FileSignature.all where signature.fits(head) { return signature.refined(head, declared, name) }
        if let text = textType(head, declared, name) { return text }
        return FileType(mime: "application/octet-stream", fileExtension: "bin")
    }

    /// Types that a browser would run if they were shown in it.
    package var isActive: Bool {
        ["text/html", "image/svg+xml", "text/xml", "application/xml", "application/xhtml+xml", "text/javascript"]
            .contains(mime) || mime.hasSuffix("+xml")
    }

    /// Shown in place; all else is saved.
    package var isShown: Bool {
        !isActive && ["image/", "audio/", "video/"].contains { mime.hasPrefix($0) }
    }

    // MARK: text

    private static func textType(_ head: [UInt8], _ declared: String?, _ name: String?) -> FileType? {
        guard !head.isEmpty, isText(head) else { return nil }
        let begin = String(decoding: head, as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{feff}" }.lowercased()
        if begin.contains("<svg") { return FileType(mime: "image/svg+xml", fileExtension: "svg") }
        let isMarkup = ["<!doctype html", "<html", "<script", "<head", "<body", "<iframe", "<!--"]
            .contains { begin.hasPrefix($0) }
        if isMarkup { return FileType(mime: "text/html", fileExtension: "html") }
        if begin.hasPrefix("<?xml") { return FileType(mime: "text/xml", fileExtension: "xml") }
        let suffix = name?.split(separator: ".").last?.lowercased()
        if declared == "text/csv" || suffix == "csv" { return FileType(mime: "text/csv", fileExtension: "csv") }
        if declared == "application/json" || suffix == "json" {
            return FileType(mime: "application/json", fileExtension: "json")
        }
        if declared == "text/vcard" || begin.hasPrefix("begin:vcard") {
            return FileType(mime: "text/vcard", fileExtension: "vcf")
        }
        if declared == "text/html" || suffix == "html" || suffix == "htm" {
            return FileType(mime: "text/html", fileExtension: "html")
        }
        if suffix == "js" || declared?.contains("javascript") == true {
            return FileType(mime: "text/javascript", fileExtension: "js")
        }
        return FileType(mime: "text/plain", fileExtension: "txt")
    }

    /// UTF-8 without control characters; a character may be cut at the end.
    private static func isText(_ head: [UInt8]) -> Bool {
        guard !head.contains(where: { $0 < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D, 0x1B].contains($0) }) else { return false }
        return (0...min(3, head.count - 1)).contains { cut in
            let whole = Array(head.dropLast(cut))
            return (try? UTF8Span(validating: whole.span)) != nil
        }
    }
}
