import JSON

/// `sendMediaGroup` (digest, section 5, "InputMedia").
extension TelegramWorld {
    private struct Item {
        var kind: KeptFile.Kind
        var input: InputFile
        var caption: CaptionDraft
        var hints: FileHints
    }

    func sendMediaGroup(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        if call.parameters.has("reply_markup") { report(.unknownParameter, call, "reply_markup") }
        let items = try readItems(call)
        let options = SendOptions(reply: try ReplyParameters(call.parameters), markup: nil)
        let chat = try prepareSend(call, options)
        var contents: [(text: String, members: [ChatMessage.Member])] = []
        for (index, item) in items.enumerated() {
            do throws(TelegramFailure) {
                let caption = try item.caption.normalized(knownUser: knowsUser(call))
                let file = try keep(item.input, as: item.kind, call, item.hints)
                contents.append((caption.text, files.members(of: file) + Self.members(of: caption)))
            } catch {
                guard error.code == 400, case .upload = item.input else { throw error }
                throw .bad("failed to send message #\(index + 1) with the error message \"\(error.text)\"")
            }
        }
        if chat.isClosed { throw refusal(call, chat) }
        try pass(call, chat, count: items.count)
        let group = ChatMessage.Member("media_group_id", nextMediaGroup())
        let messages = contents.map { send(call, to: chat, text: $0.text, content: [group] + $0.members, options) }
        var writer = JSONWriter()
        writer.array { writer in for message in messages { writer.raw(message) } }
        return .result(writer.bytes)
    }

    private func readItems(_ call: TelegramCall) throws(TelegramFailure) -> [Item] {
        let text = call.parameters["media"]
        guard let value = try? JSONValue(parsing: text, limits: .telegram) else {
            throw .bad("can't parse media JSON object")
        }
        guard let elements = value.array else { throw .bad("Expected an Array of InputMedia") }
        guard !elements.isEmpty else { throw .bad("there are no messages to send") }
        guard elements.count <= 10 else { throw .bad("too many messages to send as an album") }
        var items: [Item] = []
        for element in elements { items.append(try readItem(call, element)) }
        for kind in [KeptFile.Kind.document, .audio]
        where items.contains(where: { $0.kind == kind }) && items.contains(where: { $0.kind != kind }) {
            throw .bad("\(kind.rawValue) can't be mixed with other media types")
        }
        return items
    }

    private static let known: [String: Set<String>] = {
        let all: Set<String> = ["type", "media", "caption", "parse_mode", "caption_entities"]
        let above: Set<String> = ["show_caption_above_media", "has_spoiler"]
        return [
            "photo": all.union(above),
            "video": all.union(above).union([
                "thumbnail", "cover", "width", "height", "duration", "supports_streaming", "start_timestamp",
            ]),
            "audio": all.union(["thumbnail", "duration", "performer", "title"]),
            "document": all.union(["thumbnail", "disable_content_type_detection"]),
        ]
    }()

    private func readItem(_ call: TelegramCall, _ element: JSONValue) throws(TelegramFailure) -> Item {
        guard case .object(let members) = element else { throw .bad("can't parse InputMedia: expected an Object") }
        let fields = StrictFields(element)
        let result: ItemResult
        do throws(FieldProblem) {
            let type = try fields.requiredText("type")
            guard let known = Self.known[type], let kind = KeptFile.Kind(rawValue: type) else {
                throw FieldProblem("InputMedia type \"\(type)\" can't be sent in an album")
            }
            for member in members where !known.contains(member.name) { report(.unknownParameter, call, member.name) }
            let media = try fields.requiredText("media")
            let caption = try fields.text("caption")
            let mode = try fields.text("parse_mode")
            let entities = try fields.array("caption_entities")
            for name in [
                "show_caption_above_media", "has_spoiler", "supports_streaming", "disable_content_type_detection",
            ] {
                _ = try fields.flag(name)
            }
            var hints = FileHints()
            hints.width = Int(clamping: try fields.optionalInteger("width") ?? 0)
            hints.height = Int(clamping: try fields.optionalInteger("height") ?? 0)
            hints.duration = Int(clamping: try fields.optionalInteger("duration") ?? 0)
            result = item(call, kind, media, caption, mode, entities, hints)
        } catch {
            throw .bad("can't parse InputMedia: \(error.text)")
        }
        return try result.get()
    }

    /// What a FieldProblem is not is handed on as it is.
    private func item(
        _ call: TelegramCall, _ kind: KeptFile.Kind, _ media: String, _ caption: String, _ mode: String,
        _ entities: [JSONValue]?, _ hints: FileHints
    ) -> ItemResult {
        do throws(TelegramFailure) {
            guard let input = try input(call, media) else { throw .bad("there is no \(kind.rawValue) in the request") }
            let draft = try readCaption(
                call, caption, mode: mode,
                entities: entities.map { String(decoding: JSONWriter.bytes(of: JSONValue.array($0)), as: UTF8.self) }
                    ?? "")
            return .success(Item(kind: kind, input: input, caption: draft, hints: hints))
        } catch {
            return .failure(error)
        }
    }

    private typealias ItemResult = Result<Item, TelegramFailure>
}
