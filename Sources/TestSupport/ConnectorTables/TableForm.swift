/// Reads `multipart/form-data` (RFC 7578) for the comparison of what was sent.
enum TableForm {
    struct Part {
        var name = ""
        var filename: String?
        var mime: String?
        var content: [UInt8] = []
    }

    /// Nil where the body is no such form, ends early, or has anything behind its end.
    static func parts(of body: [UInt8], contentType: String) -> [Part]? {
        let fields = contentType.split(separator: ";").map { $0.drop { $0 == " " } }
        guard fields.first?.lowercased() == "multipart/form-data",
            let boundary = fields.lazy.compactMap({ value(of: "boundary", in: $0) }).first
        else { return nil }
        let first = Array("--\(boundary)\r\n".utf8)
        guard body.starts(with: first) else { return nil }
        var parts: [Part] = []
        var rest = body[first.count...]
        let separator = Array("\r\n--\(boundary)".utf8)
        while let end = rest.firstRange(of: separator) {
            guard let part = part(Array(rest[..<end.lowerBound])) else { return nil }
            parts.append(part)
            rest = rest[end.upperBound...]
            if rest.elementsEqual("--\r\n".utf8) || rest.elementsEqual("--".utf8) { return parts }
            guard rest.starts(with: "\r\n".utf8) else { return nil }
            rest = rest.dropFirst(2)
        }
        return nil
    }

    private static func part(_ bytes: [UInt8]) -> Part? {
        guard let gap = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        var part = Part(content: Array(bytes[gap.upperBound...]))
        for line in String(decoding: bytes[..<gap.lowerBound], as: UTF8.self).split(separator: "\r\n") {
            let pair = line.split(separator: ":", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            let field = pair[1].drop { $0 == " " }
            switch pair[0].lowercased() {
            case "content-disposition":
                for piece in pieces(of: field) {
                    if let name = value(of: "name", in: piece) { part.name = name }
                    if let name = value(of: "filename", in: piece) { part.filename = name }
                }
            case "content-type": part.mime = String(field)
            default: break
            }
        }
        return part.name.isEmpty ? nil : part
    }

    /// What stands between semicolons that are not quoted.
    private static func pieces(of field: Substring) -> [Substring] {
        var isQuoted = false
        return field.split { character in
            if character == "\"" { isQuoted.toggle() }
            return character == ";" && !isQuoted
        }.map { $0.drop { $0 == " " } }
    }

    private static func value(of name: String, in field: Substring) -> String? {
        guard field.hasPrefix("\(name)=") else { return nil }
        let value = field.dropFirst(name.count + 1)
        guard value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") else { return String(value) }
        return String(value.dropFirst().dropLast())
    }
}
