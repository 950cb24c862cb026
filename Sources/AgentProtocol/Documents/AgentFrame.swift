/// The frames of JSON-RPC 2.0 around params, results and events, as `AgentCall` reads and `ServerFrame` writes them.
package enum AgentFrame {
    private static let version = Schema.Member.must("jsonrpc", .constant("2.0"))
    private static let id = Schema(
        .one([.string(length: 0...AgentLimits.requestIDBytes), .integer()]),
        "Chosen by the client, given back as it came; at most \(AgentLimits.requestIDBytes) bytes.")

    package static func request(_ method: AgentMethod, _ params: Schema) -> Schema {
        let hasRequired =
            if case .object(let object) = params.shape { object.members.contains(where: \.isRequired) } else { true }
        return .request(
            nil,
            [
                version, .must("id", id), .must("method", .constant(method.rawValue)),
                hasRequired ? .must("params", params) : .may("params", params),
            ])
    }

    package static func result(_ result: Schema) -> Schema {
        .object(nil, [version, .must("id", id), .must("result", result)])
    }

    package static let failure = Schema.object(
        nil,
        [
            version, .must("id", Schema(id.shape, "Null where the request's could not be read.").nullable),
            .must("error", Schemas.error.reference),
        ])

    package static func event(_ params: Schema) -> Schema {
        .object(nil, [version, .must("method", .constant("event")), .must("params", params)])
    }
}
