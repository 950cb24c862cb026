import Domain

/// What channels can do.
extension Schemas {
    static let kindCapability = SchemaComponent(
        "KindCapability",
        .object(
            "How much of one message kind goes through.",
            [
                .must("send", .choice(Capabilities.Support.self)), .must("receive", .boolean()),
                .must("mime", .list(.string(), "Types that are taken; empty: any.")),
                .must("max_bytes", .count().nullable), .must("caption_max", .count("In the text's unit.").nullable),
            ]))

    static let accountCapabilities = SchemaComponent(
        "AccountCapabilities",
        .object(
            nil,
            [
                .must("account", .account), .must("channel", .choice(Channel.self)),
                .must("provider", .choice(Provider.self)),
                .must(
                    "kinds", .object(nil, MessageKind.allCases.map { .may($0.rawValue, kindCapability.reference) })),
                .must(
                    "text",
                    .object(nil, [.must("max", .count()), .must("unit", .choice(Capabilities.TextUnit.self))])),
                .must(
                    "keyboards",
                    .object(
                        nil,
                        [
                            .must("reply", .boolean()), .must("inline", .boolean()), .must("rows", .count().nullable),
                            .must("buttons", .count("In a row.").nullable),
                            .must("kinds", .list(.choice(Keyboard.Button.Kind.self))),
                        ])),
                .must("edit", .boolean()), .must("delete", .boolean()),
                .must("max_age_s", .count("How old a message may be that is edited or deleted.").nullable),
                .must("typing", .boolean()), .must("read_mark", .boolean()),
                .must("delivered", .boolean("The channel tells of delivery.")),
                .must("read", .boolean("The channel tells of reading.")),
                .must("start", .object(nil, [.must("external_id", .boolean()), .must("phone", .boolean())])),
                .must("rate", Schema(.number(0...Double.infinity), "Sends a second over the account.").nullable),
                .must(
                    "window_hours",
                    .count("How long after the customer's last message we may write; null: always.").nullable),
            ]))

    package static let capabilities = SchemaComponent(
        "Capabilities",
        .object(
            nil,
            [
                .must("etag", .string("Changes when anything else here does.")),
                .must("accounts", .list(accountCapabilities.reference)),
            ]))
}
