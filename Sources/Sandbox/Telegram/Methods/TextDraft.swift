import JSON

/// A text with entities as a request gives it.
struct TextDraft {
    var text: String
    var entities: [TextEntity]
    var linkPreview: JSONValue?

    static let maximumBytes = 32_768
    static let maximumLength = 4096

    /// The text with its control characters, spaces around it and entities brought into the form in which Telegram keeps them.
    func normalized(knownUser: (Int64) -> Bool) throws(TelegramFailure) -> (text: String, entities: [JSONValue]) {
        for entity in entities { try entity.check(knownUser: knownUser) }
        let result: NormalText
        do throws(FieldProblem) {
            result = try NormalText(text, entities.map { ($0.offset, $0.length) })
        } catch {
            throw .bad(error.text)
        }
        guard !result.isBlank else { throw .bad("Text must be non-empty") }
        guard result.text.unicodeScalars.count <= Self.maximumLength else { throw .bad("Message is too long") }
        var kept: [JSONValue] = []
        for (entity, place) in zip(entities, result.places) where place.length > 0 && kept.count < TextEntity.maximum {
            kept.append(entity.shown(offset: place.offset, length: place.length))
        }
        return (result.text, kept)
    }
}

extension TelegramWorld {
    func readText(_ call: TelegramCall) throws(TelegramFailure) -> TextDraft {
        let parameters = call.parameters
        let text = parameters["text"]
        guard !text.isEmpty else { throw .bad("Message text is empty") }
        guard text.utf8.count <= TextDraft.maximumBytes else { throw .bad("Text is too long") }
        let preview = try readLinkPreview(parameters["link_preview_options"])
        let mode = parameters["parse_mode"].lowercased()
        guard mode.isEmpty || mode == "none" else {
            guard ["html", "markdown", "markdownv2"].contains(mode) else { throw .bad("Unsupported parse_mode") }
            report(.notSimulated, call, "parse_mode \(mode)")
            throw .bad("parse_mode \"\(mode)\" is not simulated yet")
        }
        return TextDraft(
            text: text, entities: try TextEntity.read(parameters["entities"]), linkPreview: preview)
    }

    private func readLinkPreview(_ text: String) throws(TelegramFailure) -> JSONValue? {
        guard !text.isEmpty else { return nil }
        guard let value = try? JSONValue(parsing: text, limits: .telegram) else {
            throw .bad("Can't parse link preview options JSON object")
        }
        guard case .object = value else { throw .bad("Object expected as link preview options") }
        let fields = StrictFields(value)
        let url: String
        do throws(FieldProblem) {
            for name in ["is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text"] {
                _ = try fields.flag(name)
            }
            url = try fields.text("url")
        } catch {
            throw .bad(error.text)
        }
        if !url.isEmpty, LinkCheck.problem(of: url) != nil { throw .bad("WEBPAGE_URL_INVALID") }
        return value
    }
}
