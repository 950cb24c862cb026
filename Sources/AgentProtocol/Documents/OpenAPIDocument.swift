import JSON

/// `/openapi.json`: OpenAPI 3.1 made of the operations and schemas.
package enum OpenAPIDocument {
    /// What one service tells of itself.
    package static func bytes(of service: RestOperation.Service) -> [UInt8] {
        switch service {
        case .loader: loader
        case .files: files
        }
    }

    private static let loader = Array(
        document("Eralink Interaction Loader", RestOperation.all(of: .loader)).indented.utf8)
    private static let files = Array(document("Eralink FileServer", RestOperation.all(of: .files)).indented.utf8)

    /// Both of them, as they are seen through the proxy.
    package static var whole: JSONValue { document("Eralink REST", RestOperation.all) }

    private static func document(_ title: String, _ operations: [RestOperation]) -> JSONValue {
        .members(
            ("openapi", "3.1.0"),
            (
                "info",
                .members(
                    ("title", .string(title)), ("version", .string(DocumentVersion.api)),
                    ("description", .string(DocumentVersion.promise)))
            ),
            ("servers", .array([.members(("url", "/"))])),
            ("paths", paths(operations)),
            (
                "components",
                .members(
                    ("schemas", SchemaClosure(of: operations.flatMap(\.schemas)).json),
                    (
                        "securitySchemes",
                        .members(("token", .members(("type", "http"), ("scheme", "bearer"))))
                    ))
            ))
    }

    private static func paths(_ operations: [RestOperation]) -> JSONValue {
        var paths: [JSONMember] = []
        for operation in operations {
            let member = JSONMember(operation.method.rawValue, operation.json)
            if let index = paths.firstIndex(where: { $0.name == operation.path }),
                let others = paths[index].value.object
            {
                paths[index].value = .object(others + [member])
            } else {
                paths.append(JSONMember(operation.path, .object([member])))
            }
        }
        return .object(paths)
    }
}

extension RestOperation {
    fileprivate var schemas: [Schema] {
        parameters.map(\.schema) + [body?.schema].compactMap(\.self)
            + answers.flatMap { [$0.body?.schema].compactMap(\.self) + $0.headers.map(\.schema) }
    }

    fileprivate var json: JSONValue {
        .members(
            ("operationId", .string(id)), ("description", .string(text)), ("security", security),
            ("parameters", parameters.isEmpty ? nil : .array(parameters.map(\.json))),
            ("requestBody", body.map { .members(("required", .bool($0.isRequired)), ("content", $0.json)) }),
            ("responses", .object(answers.map { JSONMember(String($0.status), $0.json) })))
    }

    private var security: JSONValue {
        let token = JSONValue.members(("token", .array([])))
        return switch access {
        case .anyone: .array([])
        case .token: .array([token])
        case .tokenOrSignature: .array([token, .object([])])
        }
    }
}

extension RestOperation.Parameter {
    fileprivate var json: JSONValue {
        .members(
            ("name", .string(name)), ("in", .string(place.rawValue)), ("required", .bool(isRequired)),
            ("schema", schema.json()))
    }
}

extension RestOperation.Body {
    fileprivate var json: JSONValue { .members((type, .members(("schema", schema?.json())))) }
}

extension RestOperation.Answer {
    fileprivate var json: JSONValue {
        let fields = headers.map { JSONMember($0.name, .members(("schema", $0.schema.json()))) }
        return .members(
            ("description", .string(text)), ("headers", headers.isEmpty ? nil : .object(fields)),
            ("content", body?.json))
    }
}
