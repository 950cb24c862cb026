import Domain

/// What clients may say in a message.
extension Schemas {
    private static let entityToSend = SchemaComponent(
        "EntityToSend",
        .request(
            "A marked stretch of a text. It lies within the text and splits no surrogate pair.",
            [
                .may("kind", .choice(TextEntity.Kind.self)),
                .may("type", .choice(TextEntity.Kind.self, "Another name of `kind`.")),
                .must("offset", .integer(0...Int64(Int32.max), "UTF-16 units.")),
                .must("length", .integer(1...Int64(Int32.max), "UTF-16 units.")),
                .may("url", .link("Of a link, and only there.")),
            ], rules: [.exactlyOne(["kind", "type"])]))

    static let textToSend = SchemaComponent(
        "TextToSend",
        .request(
            nil,
            [
                .must("text", .words("Up to the channel's own limit; see `capabilities.get`.")),
                .may("entities", .list(entityToSend.reference)),
            ]))

    private static let mediaToSend = SchemaComponent(
        "MediaToSend",
        .request(
            "A file of the same account, uploaded before.",
            [
                .must("file", .id("the file")), .may("name", .words("Shown to the customer.", 255)),
                .may("caption", .words("Shown with it.")), .may("width", .integer(1...100_000, "Pixels.")),
                .may("height", .integer(1...100_000, "Pixels.")), .may("duration", .integer(0...1_000_000, "Seconds.")),
            ]))

    private static let contactToSend = SchemaComponent(
        "ContactToSend",
        .request(nil, [.must("name", .words("A person.", AgentLimits.shortTextBytes)), .must("phone", .phone())]))

    private static let locationToSend = SchemaComponent(
        "LocationToSend",
        .request(
            nil,
            [
                .must("latitude", Schema(.number(-90...90))), .must("longitude", Schema(.number(-180...180))),
                .may("title", .words("The place's name.", AgentLimits.shortTextBytes)),
                .may("address", .words("Its address.", AgentLimits.shortTextBytes)),
            ]))

    private static let templateToSend = SchemaComponent(
        "TemplateToSend",
        .request(
            "A text that the messenger has approved.",
            [
                .must("name", .words("Its name at the messenger.", AgentLimits.shortTextBytes)),
                .must("language", .string("Such as ru or en_US.", length: 1...35)),
                .must("params", .list(.string(), "What its places hold, in their order.", count: 0...1000)),
            ]))

    private static let buttonText = Schema.words("What stands on it.", AgentLimits.shortTextBytes)
    private static let buttonData = Schema.string("What the press brings back.", length: 1...AgentLimits.noteBytes)
    private static let buttonColor = Schema.Member.may("color", .choice(Keyboard.Button.Color.self))

    private static let buttonToSend = SchemaComponent(
        "ButtonToSend",
        Schema(
            .one([
                .request(
                    "Sends its text.",
                    [
                        .must("kind", .constant("text")), .must("text", buttonText), .may("data", buttonData),
                        buttonColor,
                    ]),
                .request(
                    "Comes back as a callback.",
                    [
                        .must("kind", .constant("callback")), .must("text", buttonText), .must("data", buttonData),
                        buttonColor,
                    ]),
                .request(
                    "Opens a link.",
                    [
                        .must("kind", .constant("url")), .must("text", buttonText),
                        .must("url", .link("http, https, tel or mailto.")), buttonColor,
                    ]),
                .request(
                    "Asks for the customer's phone or place.",
                    [.must("kind", Schema(.choice(["phone", "location"]))), .must("text", buttonText), buttonColor]),
            ])))

    static let keyboardToSend = SchemaComponent(
        "KeyboardToSend",
        Schema(
            .one([
                .request(
                    "Buttons under the message, or instead of the customer's keyboard.",
                    [
                        .must("type", Schema(.choice(["reply", "inline"]))),
                        .must("rows", .list(.list(buttonToSend.reference, count: 1...Int.max), count: 1...Int.max)),
                        .may("one_time", .boolean("Goes away after a press.")), .may("persistent", .boolean()),
                    ]),
                .request(
                    "Takes a reply keyboard away.",
                    [
                        .must("type", .constant("remove")),
                        .may("rows", .list(.list(Schema(.any)), count: 0...0)), .may("one_time", .boolean()),
                        .may("persistent", .boolean()),
                    ]),
            ])))

    private static let kindsToSend = MessageKind.allCases.filter(\.canBeSent)

    /// `{kind, <kind object>, keyboard?, adapt?}` with what else stands beside it.
    static func body(_ text: String?, before: [Schema.Member] = [], after: [Schema.Member] = []) -> Schema {
        let kind = Schema.Member.must(
            "kind", Schema(.choice(kindsToSend.map(\.rawValue)), "Names the member that holds the content."))
        let contents = kindsToSend.map { Schema.Member.may($0.rawValue, contentToSend($0).reference) }
        let rest: [Schema.Member] = [
            .may("keyboard", keyboardToSend.reference),
            .may(
                "adapt",
                .choice(
                    Adapt.self,
                    "What the channel lacks is refused (`strict`, the default), or the nearest thing is made of it.")),
        ]
        return .request(
            text, before + [kind] + contents + rest + after, rules: [.named(by: "kind", kindsToSend.map(\.rawValue))])
    }

    static func contentToSend(_ kind: MessageKind) -> SchemaComponent {
        switch kind {
        case .image, .video, .audio, .voice, .document, .sticker, .animation: mediaToSend
        case .contact: contactToSend
        case .location: locationToSend
        case .template: templateToSend
        case .text, .callback, .system, .unsupported: textToSend
        }
    }

    static let content = SchemaComponent("Content", body("What is sent, as in `message.send`."))

    static let sending: [SchemaComponent] = [
        entityToSend, textToSend, mediaToSend, contactToSend, locationToSend, templateToSend, buttonToSend,
        keyboardToSend, content,
    ]
}
