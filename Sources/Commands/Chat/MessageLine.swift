import Domain
import JSON
import Terminal

/// A message of any kind as one readable line (agent-api.md, "Objects").
struct MessageLine {
    let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    var direction: String { json["direction"]?.string ?? "" }

    /// Incoming, outgoing and Eralink's own are told apart by their colour and by their arrow.
    static func colour(ofDirection direction: String) -> Style.Colour? {
        switch direction {
        case "in": .green
        case "out": .blue
        default: .grey
        }
    }

    static func colour(ofState state: String) -> Style.Colour? {
        switch state {
        case "failed", "expired", "unknown": .red
        case "cancelled": .yellow
        case "delivered", "read": .green
        default: .grey
        }
    }

    /// Direction, author and what it says.
    var line: StyledLine {
        var line = StyledLine("\(arrow) ", Self.colour(ofDirection: direction))
        if direction == "out", let agent = json["agent"]?.string {
            line.append("\(agent): ", Self.colour(ofDirection: direction))
        }
        line.append(says, direction == "system" ? .grey : nil)
        return line
    }

    private var arrow: String {
        switch direction {
        case "in": "←"
        case "out": "→"
        default: "·"
        }
    }

    /// What it says, with what it answers, its buttons and what became of it.
    var says: String {
        if json["deleted_at"]?.string != nil { return "(deleted) \(content)" }
        var words: [String] = []
        if let reply = json["reply_to"] {
            words.append("(answers \"\(Self.short(reply["preview"]?.string ?? reply["id"]?.string ?? ""))\")")
        }
        if let origin = json["forwarded_from"] {
            words.append("(forwarded from \(origin["name"]?.string ?? origin["external_id"]?.string ?? "somebody"))")
        }
        if json["group"]?.string != nil { words.append("(album)") }
        if let payload = json["start_payload"]?.string { words.append("(start: \(payload))") }
        words.append(content)
        if let keyboard = json["keyboard"].flatMap(Self.keyboard) { words.append(keyboard) }
        if json["edited_at"]?.string != nil { words.append("(edited)") }
        return words.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var kind: String { json["kind"]?.string ?? "" }
    private var body: JSONValue { json[kind] ?? .null }

    /// The kind's own object.
    private var content: String {
        switch MessageKind(rawValue: kind) {
        case .text, .system: body["text"]?.string ?? ""
        case .image, .video, .audio, .voice, .document, .sticker, .animation: media
        case .contact: contact
        case .location: location
        case .template: template
        case .callback: "[pressed \(body["data"]?.string ?? "")]"
        case .unsupported: "[unsupported: \(body["provider_type"]?.string ?? "unknown")]"
        case nil: "[\(kind)]"
        }
    }

    private var media: String {
        let size = body["size"]?.int64.map { ByteSize.about($0) }
        let length = body["duration"]?.int64.map { "\($0) s" }
        let state = body["file_state"]?.string.flatMap { $0 == "ready" ? nil : $0 }
        let facts = [body["name"]?.string, size, length, state].compactMap(\.self)
        let caption = body["caption"]?.string.map { " \($0)" } ?? ""
        return "[\(([kind] + facts).joined(separator: ", "))]\(caption)"
    }

    private var contact: String {
        let own = body["own"]?.bool == true ? ", own" : ""
        return "[contact: \(body["name"]?.string ?? ""), \(body["phone"]?.string ?? "")\(own)]"
    }

    private var location: String {
        let place = [body["latitude"]?.number?.text, body["longitude"]?.number?.text].compactMap(\.self)
            .joined(separator: " ")
        let words = [place, body["title"]?.string, body["address"]?.string].compactMap(\.self)
        return "[\(body["live"]?.bool == true ? "live location" : "location"): \(words.joined(separator: ", "))]"
    }

    private var template: String {
        let params = body["params"]?.array?.compactMap(\.string) ?? []
        let name = [body["name"]?.string, body["language"]?.string].compactMap(\.self).joined(separator: " ")
        return "[template \(name)\(params.isEmpty ? "" : ": " + params.joined(separator: ", "))]"
    }

    private static func keyboard(_ keyboard: JSONValue) -> String? {
        if keyboard["type"]?.string == "remove" { return "[keyboard removed]" }
        let rows = keyboard["rows"]?.array ?? []
        let shown = rows.map { row in
            (row.array ?? []).map { $0["text"]?.string ?? "" }.joined(separator: " | ")
        }
        return shown.isEmpty ? nil : "[\(shown.joined(separator: " / "))]"
    }

    private static func short(_ text: String) -> String { text.cut(toColumns: 40) }
}
