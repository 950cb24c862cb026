import JSON

/// A formatted stretch of text; offset and length count UTF-16 code units.
struct TextEntity {
    var type: String
    var offset: Int
    var length: Int
    /// `url`, `user`, `language` and the like.
    var details: [JSONMember]

    static let maximum = 100

    /// Kinds that Telegram finds by itself and ignores in requests.
    private static let automatic: Set<String> = [
        "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number",
    ]

    private static let plain: Set<String> = [
        "bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code",
    ]

    /// What is no array is ignored, as Telegram ignores it. Sorted as messages show them.
    static func read(_ text: String) throws(TelegramFailure) -> [TextEntity] {
        guard !text.isEmpty, let values = (try? JSONValue(parsing: text, limits: .telegram))?.array else { return [] }
        var entities: [TextEntity] = []
        for value in values {
            do throws(FieldProblem) {
                if let entity = try TextEntity(value) { entities.append(entity) }
            } catch {
                throw .bad("Can't parse MessageEntity: \(error.text)")
            }
        }
        return entities.sorted { ($0.offset, -$0.length) < ($1.offset, -$1.length) }
    }

    /// Nil for the automatic kinds.
    private init?(_ value: JSONValue) throws(FieldProblem) {
        guard case .object = value else { throw FieldProblem("expected an Object") }
        let fields = StrictFields(value)
        offset = Int(try fields.integer("offset"))
        length = Int(try fields.integer("length"))
        type = try fields.requiredText("type")
        details = []
        switch type {
        case "": throw FieldProblem("Type is not specified")
        case _ where Self.plain.contains(type): break
        case _ where Self.automatic.contains(type): return nil
        case "pre":
            let language = try fields.text("language")
            if !language.isEmpty { details = [JSONMember("language", .string(language))] }
        case "text_link": details = [JSONMember("url", .string(try fields.requiredText("url")))]
        case "text_mention":
            guard let user = try fields.objectMember("user") else { throw .missing("user") }
            details = [JSONMember("user", .object([JSONMember("id", .number(try user.integer("id")))]))]
        case "custom_emoji":
            let id = try fields.requiredText("custom_emoji_id")
            guard Int64(id) != nil else { throw .number("custom_emoji_id") }
            details = [JSONMember("custom_emoji_id", .string(id))]
        case "date_time": details = [JSONMember("unix_time", .number(try fields.integer("unix_time")))]
        default: throw FieldProblem("Unsupported type specified")
        }
    }

    /// What is judged only after the chat was found.
    func check(knownUser: (Int64) -> Bool) throws(TelegramFailure) {
        guard let detail = details.first else { return }
        switch type {
        case "text_link":
            let url = detail.value.string ?? ""
            if let problem = LinkCheck.problem(of: url) { throw .bad("Entity URL '\(url)' is invalid: \(problem)") }
        case "text_mention":
            guard let id = detail.value["id"]?.int64, knownUser(id) else { throw .bad("User not found") }
        default: break
        }
    }

    func shown(offset: Int, length: Int) -> JSONValue {
        .object(
            [
                JSONMember("offset", .number(Int64(offset))), JSONMember("length", .number(Int64(length))),
                JSONMember("type", .string(type)),
            ] + details)
    }
}
