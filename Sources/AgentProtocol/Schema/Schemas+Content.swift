import Domain

/// What messages say, as clients send it and as they get it (agent-api.md, "Objects").
extension Schemas {
    static let entity = SchemaComponent(
        "Entity",
        .object(
            "A marked stretch of a text.",
            [
                .must("kind", .choice(TextEntity.Kind.self)), .must("offset", .count("UTF-16 units.")),
                .must("length", .integer(1...Int64(Int32.max), "UTF-16 units.")),
                .may("url", .string("Of a link.")),
            ]))

    static let text = SchemaComponent(
        "Text", .object(nil, [.must("text", .string()), .may("entities", .list(entity.reference))]))

    static let media = SchemaComponent(
        "Media",
        .object(
            "A file in a message.",
            [
                .must("file", .id("the file")), .may("mime", .string("As it was sniffed.")),
                .may("size", .count("Bytes.")),
                .may("file_state", .choice(FileState.self, "Whether its bytes are there; see `file.updated`.")),
                .may("name", .string()), .may("caption", .string()), .may("width", .count("Pixels.")),
                .may("height", .count("Pixels.")), .may("duration", .count("Seconds.")),
            ]))

    static let contact = SchemaComponent(
        "Contact",
        .object(
            nil,
            [
                .must("name", .string()), .must("phone", .string("As the messenger gave it.")),
                .may("own", .boolean("The messenger vouches that it is the customer's own number.")),
            ]))

    static let location = SchemaComponent(
        "Location",
        .object(
            nil,
            [
                .must("latitude", Schema(.number(-90...90))), .must("longitude", Schema(.number(-180...180))),
                .may("title", .string()), .may("address", .string()),
                .may("live", .boolean("The place goes on changing.")),
            ]))

    static let template = SchemaComponent(
        "Template",
        .object(
            "A text that the messenger has approved.",
            [.must("name", .string()), .must("language", .string()), .must("params", .list(.string()))]))

    static let callback = SchemaComponent(
        "Callback",
        .object(
            "A press of a button.",
            [
                .must("id", .string("What `callback.answer` takes.")), .must("data", .string("What the button held.")),
                .may("message", .id("the message whose button was pressed")),
            ]))

    static let system = SchemaComponent(
        "System", .object("A line of Eralink's own.", [.must("text", .string()), .must("event", .string())]))

    static let unsupported = SchemaComponent(
        "Unsupported",
        .object(
            "Something that the messenger sent and Eralink has no kind for.",
            [
                .must("provider_type", .string()),
                .must("raw", .string("The messenger's JSON as text, at most \(AgentLimits.rawBytes) bytes.")),
            ]))

    static let button = SchemaComponent(
        "Button",
        .object(
            nil,
            [
                .must("text", .string()), .must("kind", .choice(Keyboard.Button.Kind.self)), .may("data", .string()),
                .may("url", .string()), .may("color", .choice(Keyboard.Button.Color.self)),
            ]))

    static let keyboard = SchemaComponent(
        "Keyboard",
        .object(
            nil,
            [
                .must("type", .choice(Keyboard.Style.self)), .must("rows", .list(.list(button.reference))),
                .may("one_time", .boolean()), .may("persistent", .boolean()),
            ]))

    static func content(of kind: MessageKind) -> SchemaComponent {
        switch kind {
        case .text: text
        case .image, .video, .audio, .voice, .document, .sticker, .animation: media
        case .contact: contact
        case .location: location
        case .template: template
        case .callback: callback
        case .system: system
        case .unsupported: unsupported
        }
    }
}
