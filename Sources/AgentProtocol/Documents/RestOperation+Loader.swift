extension RestOperation {
    static let health: [RestOperation] = [
        RestOperation(
            method: .get, path: "/healthz", id: "healthz", text: "200 while the process is alive.", access: .anyone,
            answers: [.json("Alive.", .object(nil, [.must("status", .constant("ok"))]))] + plain),
        RestOperation(
            method: .get, path: "/readyz", id: "readyz", text: "Whether it serves, and what it stands on.",
            access: .anyone,
            answers: [
                .json("Ready; a healthy standby too.", readiness), .json("Not ready.", readiness, status: 503),
            ] + plain.filter { $0.status != 503 }),
        RestOperation(
            method: .get, path: "/metrics", id: "metrics", text: "Metrics in the text format of Prometheus.",
            access: .anyone,
            answers: [.init(status: 200, text: "Metrics.", body: .init(type: "text/plain", schema: .string()))] + plain),
    ]

    private static let plain = [Answer].usual(token: false)

    private static let readiness = Schema.object(
        nil,
        [
            .must("role", .string("`active`, `standby`, or another.")),
            .must(
                "checks", Schema(.object(.init(members: [], others: .each(.string("`ok`, `down`, …"), atMost: .max))))),
        ])

    /// `/openapi.json` itself.
    static func document(of service: Service) -> RestOperation {
        RestOperation(
            service: service, method: .get, path: "/openapi.json", id: "openapi", text: "This document.",
            access: .anyone,
            answers: [
                .json(
                    "OpenAPI 3.1.",
                    Schema(
                        .object(
                            .init(
                                members: [.must("openapi", .string(pattern: #"^3\.1\."#))],
                                others: .each(Schema(.any), atMost: .max)))))
            ] + plain)
    }

    private static let interactionPath = Parameter(
        name: "id", place: .path, schema: .id("the interaction"), isRequired: true)

    static let loader: [RestOperation] = [
        RestOperation(
            service: .loader, method: .get, path: "/v1/interactions", id: "listInteractions",
            text: "The chats with customer messages received in [from, to), newest first, a page at a time.",
            parameters: query(of: .interactionsList, required: ["from", "to"]),
            answers: [.json("A page.", AgentMethod.interactionsList.result)] + .usual(token: true, 404)),
        RestOperation(
            service: .loader, method: .get, path: "/v1/interactions/{id}", id: "getInteraction", text: "One chat.",
            parameters: [interactionPath],
            answers: [.json("The chat.", Schemas.interaction.reference)] + .usual(token: true, 404)),
        RestOperation(
            service: .loader, method: .get, path: "/v1/interactions/{id}/messages", id: "listMessages",
            text: "Messages of a chat in ascending order; without a bound its last page. Not both bounds.",
            parameters: [interactionPath] + query(of: .messagesList, except: ["interaction"]),
            answers: [.json("A page.", AgentMethod.messagesList.result)] + .usual(token: true, 404)),
        RestOperation(
            service: .loader, method: .get, path: "/v1/capabilities", id: "getCapabilities",
            text: AgentMethod.capabilitiesGet.text,
            parameters: query(of: .capabilitiesGet) + [
                Parameter(
                    name: "If-None-Match", place: .header, schema: .string("`ETag` of an answer."), isRequired: false)
            ],
            answers: [
                Answer(
                    status: 200, text: "What they can do.",
                    body: .init(type: "application/json", schema: Schemas.capabilities.reference),
                    headers: [("ETag", .string())]),
                Answer(status: 304, text: "Not changed.", headers: [("ETag", .string())]),
            ] + .usual(token: true, 404)),
    ]

    /// The queries of REST are the params of the methods that they mirror, as `RestQuery` reads them.
    private static func query(
        of method: AgentMethod, required: Set<String> = [], except: Set<String> = []
    ) -> [Parameter] {
        guard case .object(let object) = method.params.shape else { return [] }
        return object.members.filter { !except.contains($0.name) }.map { member in
            Parameter(
                name: member.name, place: .query, schema: member.schema,
                isRequired: member.isRequired || required.contains(member.name))
        }
    }
}
