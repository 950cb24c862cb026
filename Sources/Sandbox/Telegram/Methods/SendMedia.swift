import JSON

/// Methods that send one file.
struct MediaMethod: Sendable {
    let kind: KeptFile.Kind
    /// Beside what all `send*` methods have.
    let parameters: Set<String>

    private static let caption: Set<String> = ["caption", "parse_mode", "caption_entities"]
    private static let above: Set<String> = ["show_caption_above_media", "has_spoiler"]
    private static let measures: Set<String> = ["duration", "width", "height", "thumbnail", "thumb"]

    /// By the method's name in lower case (digest, section 5).
    static let all: [String: MediaMethod] = [
        "sendphoto": .init(kind: .photo, parameters: caption.union(above).union(["photo"])),
        "sendvideo": .init(
            kind: .video,
            parameters: caption.union(above).union(measures)
                .union(["video", "cover", "start_timestamp", "supports_streaming"])),
        "sendanimation": .init(kind: .animation, parameters: caption.union(above).union(measures).union(["animation"])),
        "sendaudio": .init(
            kind: .audio, parameters: caption.union(["audio", "duration", "performer", "title", "thumbnail", "thumb"])),
        "sendvoice": .init(kind: .voice, parameters: caption.union(["voice", "duration"])),
        "senddocument": .init(
            kind: .document,
            parameters: caption.union(["document", "thumbnail", "thumb", "disable_content_type_detection"])),
        "sendvideonote": .init(
            kind: .videoNote, parameters: ["video_note", "duration", "length", "thumbnail", "thumb"]),
        "sendsticker": .init(kind: .sticker, parameters: ["sticker", "emoji"]),
    ]
}

extension TelegramWorld {
    func send(_ call: TelegramCall, media: MediaMethod) throws(TelegramFailure) -> TelegramOutcome {
        let parameters = call.parameters
        let kind = media.kind
        guard let input = try input(call, parameters[kind.rawValue], part: kind.rawValue) else {
            throw .bad("there is no \(kind == .videoNote ? "video note" : kind.rawValue) in the request")
        }
        let caption = kind.hasCaption ? try readCaption(call) : nil
        let options = try readSendOptions(call)
        let chat = try prepareSend(call, options)
        let shown = try caption?.normalized(knownUser: knowsUser(call))
        if kind == .voice, voiceRefusers.contains(chat.id) { throw .bad("VOICE_MESSAGES_FORBIDDEN") }
        let file = try keep(
            input, as: kind, call,
            FileHints(
                width: parameters.integer("width", default: parameters.integer("length")),
                height: parameters.integer("height"), duration: parameters.integer("duration")))
        if let problem = options.markup?.deferredFailure { throw problem }
        if chat.isClosed { throw refusal(call, chat) }
        try pass(call, chat)
        let content = files.members(of: file) + Self.members(of: shown)
        return .result(send(call, to: chat, text: shown?.text ?? "", content: content, options))
    }

    func knowsUser(_ call: TelegramCall) -> (Int64) -> Bool {
        { self.customers[$0] != nil || $0 == call.bot.bot.id }
    }

    static func members(of caption: CaptionDraft.Shown?) -> [ChatMessage.Member] {
        guard let caption, !caption.text.isEmpty else { return [] }
        var members = [ChatMessage.Member("caption", caption.text)]
        if !caption.entities.isEmpty {
            members.append(
                ChatMessage.Member("caption_entities", JSONWriter.bytes(of: JSONValue.array(caption.entities))))
        }
        return members
    }

    func readCaption(_ call: TelegramCall) throws(TelegramFailure) -> CaptionDraft {
        let parameters = call.parameters
        return try readCaption(
            call, parameters["caption"], mode: parameters["parse_mode"], entities: parameters["caption_entities"])
    }

    func readCaption(
        _ call: TelegramCall, _ text: String, mode: String, entities: String
    ) throws(TelegramFailure) -> CaptionDraft {
        let mode = mode.lowercased()
        guard mode.isEmpty || mode == "none" else {
            guard ["html", "markdown", "markdownv2"].contains(mode) else { throw .bad("Unsupported parse_mode") }
            report(.notSimulated, call, "parse_mode \(mode)")
            throw .bad("parse_mode \"\(mode)\" is not simulated yet")
        }
        return CaptionDraft(text: text, entities: try TextEntity.read(entities))
    }
}

/// A caption as a request gives it.
struct CaptionDraft {
    struct Shown {
        var text: String
        var entities: [JSONValue]
    }

    var text: String
    var entities: [TextEntity]

    static let maximumLength = 1024

    func normalized(knownUser: (Int64) -> Bool) throws(TelegramFailure) -> Shown {
        for entity in entities { try entity.check(knownUser: knownUser) }
        let result: NormalText
        do throws(FieldProblem) {
            result = try NormalText(text, entities.map { ($0.offset, $0.length) })
        } catch {
            throw .bad(error.text)
        }
        guard result.text.unicodeScalars.count <= Self.maximumLength else { throw .bad("Message caption is too long") }
        var kept: [JSONValue] = []
        for (entity, place) in zip(entities, result.places) where place.length > 0 && kept.count < TextEntity.maximum {
            kept.append(entity.shown(offset: place.offset, length: place.length))
        }
        return Shown(text: result.text, entities: kept)
    }
}
