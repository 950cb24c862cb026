import Domain

/// Errors, by JSON-RPC and by REST (agent-api.md, "Errors").
extension Schemas {
    private static let members: [Schema.Member] = [
        .must("code", .integer(-32_768 ... -32_000, "The number of JSON-RPC.")),
        .must("message", .string("One sentence for a person.")),
        .must(
            "data",
            .object(
                nil,
                [
                    .must("code", Schema(.choice(ErrorCode.all.map(\.name)))),
                    .must("retryable", .boolean("The same request may succeed later.")),
                    .may("retry_after_ms", .count()),
                    .must("details", Schema(.object(.init(members: [], others: .each(Schema(.any), atMost: .max))))),
                ])),
    ]

    package static let error = SchemaComponent("Error", .object(nil, members))

    package static let problem = SchemaComponent(
        "Problem",
        .object(
            "RFC 9457, with the members of the JSON-RPC error.",
            [
                .must("type", .string(format: "uri")), .must("title", .string()),
                .must("status", .integer(400...599)), .must("detail", .string()),
            ] + members))
}
