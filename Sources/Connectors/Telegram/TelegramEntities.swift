import Domain
import JSON

/// Marked stretches of a text, both ways. Telegram and Eralink both count UTF-16 units.
enum TelegramEntities {
    /// Kinds that Eralink has no word for (hashtag, spoiler, blockquote, custom emoji …) are left out, and so is what does not
    /// lie within the text, and links beyond `linkBytes`: the text itself stays as it is.
    static func read(_ entities: JSONValue?, of text: String) -> [TextEntity] {
        guard let entities = entities?.array, !entities.isEmpty else { return [] }
        let units = Array(text.utf16)
        var room = TelegramLimits.linkBytes
        return entities.prefix(TelegramLimits.entities).compactMap { entity in
            guard let offset = entity["offset"]?.int64.flatMap(Int.init(exactly:)),
                let length = entity["length"]?.int64.flatMap(Int.init(exactly:)),
                isWhole(offset: offset, length: length, in: units), let type = entity["type"]?.string
            else { return nil }
            let covered = String(decoding: units[offset..<offset + length], as: UTF16.self)
            guard let (kind, url) = kind(type, covered: covered, url: entity["url"]?.string) else { return nil }
            let bytes = url?.utf8.count ?? 0
            guard bytes <= room else { return nil }
            room -= bytes
            return TextEntity(kind: kind, offset: offset, length: length, url: url)
        }
    }

    private static func kind(_ type: String, covered: String, url: String?) -> (TextEntity.Kind, String?)? {
        switch type {
        case "bold": return (.bold, nil)
        case "italic": return (.italic, nil)
        case "underline": return (.underline, nil)
        case "strikethrough": return (.strike, nil)
        case "code": return (.code, nil)
        case "pre": return (.pre, nil)
        case "mention", "text_mention": return (.mention, nil)
        case "text_link":
            guard let url, !url.isEmpty, url.utf8.count <= TelegramLimits.entityURLBytes else { return nil }
            return (.link, url)
        // The messenger found these in the text; a link without a scheme means http, as in its own applications.
        case "url": return link(covered.contains("://") ? covered : "http://" + covered)
        case "email": return link("mailto:" + covered)
        case "phone_number": return link("tel:" + covered.filter { $0 == "+" || $0.isASCII && $0.isNumber })
        default: return nil
        }
    }

    private static func link(_ url: String) -> (TextEntity.Kind, String?)? {
        url.utf8.count <= TelegramLimits.entityURLBytes ? (.link, url) : nil
    }

    /// A caption has no entities in Eralink: where a link lies behind a word, its address follows the word.
    static func spelledOut(_ entities: JSONValue?, of caption: String) -> String {
        var units = Array(caption.utf16)
        let links = read(entities, of: caption).filter { $0.kind == .link }.sorted { $0.offset > $1.offset }
        for link in links {
            let end = link.offset + link.length
            let covered = String(decoding: units[link.offset..<end], as: UTF16.self)
            guard let url = link.url, isWebLink(url), url != covered, url != "http://" + covered else { continue }
            units.insert(contentsOf: " (\(url))".utf16, at: end)
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// The member `entities`; nil where nothing is left to be marked.
    ///
    /// A mention is found by Telegram itself. A link to a telephone or a mail address is not a link that Telegram takes; it marks
    /// such texts by itself. What lies outside the text or halves a surrogate pair would be refused with the whole message.
    static func encoded(_ entities: [TextEntity], of text: String) -> [UInt8]? {
        guard !entities.isEmpty else { return nil }
        let units = Array(text.utf16)
        let sendable = entities.filter { entity in
            isWhole(offset: entity.offset, length: entity.length, in: units) && type(of: entity) != nil
        }
        guard !sendable.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.array { writer in
            for entity in sendable {
                writer.object { writer in
                    writer.optional("type", type(of: entity))
                    writer.member("offset", entity.offset)
                    writer.member("length", entity.length)
                    if entity.kind == .link { writer.optional("url", entity.url) }
                }
            }
        }
        return writer.bytes
    }

    private static func type(of entity: TextEntity) -> String? {
        switch entity.kind {
        case .bold: "bold"
        case .italic: "italic"
        case .underline: "underline"
        case .strike: "strikethrough"
        case .code: "code"
        case .pre: "pre"
        case .link: entity.url.flatMap { isTelegramLink($0) ? "text_link" : nil }
        case .mention: nil
        }
    }

    static func isWebLink(_ url: String) -> Bool {
        let url = url.lowercased()
        return ["http://", "https://", "tg://"].contains { url.hasPrefix($0) && url.utf8.count > $0.utf8.count }
    }

    /// What Telegram takes behind a word or a button: over http the host needs a dot (providers' digest, section 5).
    static func isTelegramLink(_ url: String) -> Bool {
        guard isWebLink(url) else { return false }
        if url.lowercased().hasPrefix("tg://") { return true }
        let authority = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)[2].prefix {
            !"/?#".contains($0)
        }
        let host = authority.split(separator: "@").last?.prefix { $0 != ":" } ?? ""
        return host.split(separator: ".").count > 1 && !host.hasPrefix(".") && !host.contains(where: \.isWhitespace)
    }

    /// Whether the stretch lies in the text and halves no surrogate pair.
    private static func isWhole(offset: Int, length: Int, in units: [UInt16]) -> Bool {
        guard offset >= 0, length > 0, offset < units.count, length <= units.count - offset else { return false }
        return !isInsidePair(offset, units) && !isInsidePair(offset + length, units)
    }

    private static func isInsidePair(_ index: Int, _ units: [UInt16]) -> Bool {
        guard index > 0, index < units.count else { return false }
        return UTF16.isTrailSurrogate(units[index]) && UTF16.isLeadSurrogate(units[index - 1])
    }
}
