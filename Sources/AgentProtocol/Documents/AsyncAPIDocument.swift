import JSON

/// `/asyncapi.json`: AsyncAPI 3.0 of the agents' WebSocket, made of the methods, events and schemas.
package enum AsyncAPIDocument {
    package static let bytes = Array(whole.indented.utf8)

    package static var whole: JSONValue {
        .members(
            ("asyncapi", "3.0.0"),
            (
                "info",
                .members(
                    ("title", "Eralink agent API"), ("version", .string(DocumentVersion.api)),
                    (
                        "description",
                        .string(
                            "JSON-RPC 2.0 over one WebSocket, one message a text frame. The first request is "
                                + "`session.hello`. \(DocumentVersion.promise)")
                    ))
            ),
            ("defaultContentType", "application/json"), ("servers", servers), ("channels", channels),
            ("operations", operations),
            (
                "components",
                .members(
                    ("messages", messages), ("schemas", schemas),
                    ("securitySchemes", .members(("token", .members(("type", "http"), ("scheme", "bearer"))))))
            ))
    }

    private static let servers = JSONValue.members(
        (
            "chat",
            .members(
                ("host", "127.0.0.1:8080"), ("protocol", "ws"),
                ("description", "Any ChatServer; the setting `chat.url` where there is a proxy."),
                ("security", .array([reference("components/securitySchemes/token")])))
        ))

    private static var channels: JSONValue {
        let names = AgentMethod.allCases.flatMap { [requestName($0), resultName($0)] } + ["failure"]
        let all = names + EventType.allCases.map(eventName)
        return .members(
            (
                "agent",
                .members(
                    ("address", "/v1/agent"),
                    ("description", .string("One WebSocket. Close codes: \(closeCodes)")),
                    ("messages", .object(all.map { JSONMember($0, reference("components/messages/\($0)")) })),
                    (
                        "bindings",
                        .members(
                            (
                                "ws",
                                .members(
                                    ("method", "GET"), ("bindingVersion", "0.1.0"),
                                    (
                                        "headers",
                                        .members(
                                            ("type", "object"),
                                            (
                                                "properties",
                                                .members(
                                                    (
                                                        "Sec-WebSocket-Protocol",
                                                        .members(("type", "string"), ("const", "eralink.v1"))
                                                    ),
                                                    ("Authorization", .members(("type", "string"))))
                                            ))
                                    ))
                            ))
                    ))
            ))
    }

    private static var closeCodes: String {
        AgentCloseCode.allCases.map { "\($0.rawValue) \($0.text)" }.joined(separator: "; ") + "."
    }

    private static var operations: JSONValue {
        let methods = AgentMethod.allCases.map { method in
            JSONMember(
                method.rawValue,
                .members(
                    ("action", "receive"), ("channel", reference("channels/agent")), ("summary", .string(method.text)),
                    ("messages", .array([channelMessage(requestName(method))])),
                    (
                        "reply",
                        .members(
                            ("channel", reference("channels/agent")),
                            ("messages", .array([channelMessage(resultName(method)), channelMessage("failure")])))
                    )))
        }
        let events = EventType.allCases.map { type in
            JSONMember(
                "event.\(type.rawValue)",
                .members(
                    ("action", "send"), ("channel", reference("channels/agent")), ("summary", .string(type.text)),
                    ("messages", .array([channelMessage(eventName(type))]))))
        }
        return .object(methods + events)
    }

    private static var messages: JSONValue {
        var members: [JSONMember] = []
        for method in AgentMethod.allCases {
            members.append(
                message(requestName(method), method.rawValue, method.text, AgentFrame.request(method, method.params)))
            members.append(
                message(resultName(method), method.rawValue, "The result.", AgentFrame.result(method.result)))
        }
        members.append(message("failure", "error", "What any request may get instead.", AgentFrame.failure))
        for type in EventType.allCases {
            members.append(message(eventName(type), type.rawValue, type.text, AgentFrame.event(type.params)))
        }
        return .object(members)
    }

    private static var schemas: JSONValue {
        SchemaClosure(
            of: AgentMethod.allCases.flatMap { [$0.params, $0.result] } + EventType.allCases.map(\.params)
                + [AgentFrame.failure]
        ).json
    }

    private static func message(_ key: String, _ name: String, _ text: String, _ payload: Schema) -> JSONMember {
        JSONMember(key, .members(("name", .string(name)), ("summary", .string(text)), ("payload", payload.json())))
    }

    private static func requestName(_ method: AgentMethod) -> String { "\(method.rawValue).request" }
    private static func resultName(_ method: AgentMethod) -> String { "\(method.rawValue).result" }
    private static func eventName(_ type: EventType) -> String { "event.\(type.rawValue)" }

    private static func channelMessage(_ name: String) -> JSONValue { reference("channels/agent/messages/\(name)") }

    private static func reference(_ path: String) -> JSONValue { .members(("$ref", .string("#/\(path)"))) }
}
