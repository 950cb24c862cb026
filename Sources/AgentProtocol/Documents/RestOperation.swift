/// One operation of the REST side as data: what `/openapi.json` tells of it. The routes that serve it stand in their services;
/// tests compare the two lists.
package struct RestOperation: Sendable {
    package enum Service: Sendable, CaseIterable {
        case loader
        /// In the process of a connector; its webhooks too.
        case files
    }

    package enum Method: String, Sendable { case get, head, post }

    /// Who may call it.
    package enum Access: Sendable {
        case anyone
        case token
        /// A token, or a link that carries its own signature.
        case tokenOrSignature
    }

    package struct Parameter: Sendable {
        package enum Place: String, Sendable { case path, query, header }

        package var name: String
        package var place: Place
        package var schema: Schema
        package var isRequired: Bool
    }

    package struct Body: Sendable {
        package var type: String
        /// Nil: bytes.
        package var schema: Schema?
        var isRequired = true
    }

    package struct Answer: Sendable {
        package var status: Int
        package var text: String
        package var body: Body?
        package var headers: [(name: String, schema: Schema)] = []
    }

    package var service: Service?
    package var method: Method
    package var path: String
    /// The operation's name for code generators.
    package var id: String
    package var text: String
    package var access = Access.token
    package var parameters: [Parameter] = []
    package var body: Body?
    package var answers: [Answer]

    /// The operations of one service, with those that every service has.
    package static func all(of service: Service) -> [RestOperation] {
        (all + [document(of: service)]).filter { $0.service == nil || $0.service == service }
    }

    /// What every service has, then what each adds.
    package static let all: [RestOperation] = health + loader + files
}

extension RestOperation.Answer {
    static func json(_ text: String, _ schema: Schema, status: Int = 200) -> Self {
        Self(status: status, text: text, body: .init(type: "application/json", schema: schema))
    }

    /// `application/problem+json`.
    static func problem(_ status: Int) -> Self {
        var answer = Self(
            status: status, text: problems[status] ?? "Refused.",
            body: .init(type: "application/problem+json", schema: Schemas.problem.reference))
        if [429, 503].contains(status) {
            answer.headers = [("Retry-After", .count("Seconds; absent where nobody can tell."))]
        }
        return answer
    }

    private static let problems = [
        400: "`parse_error`, `invalid_request` or `invalid_params`; `data.details.member` names what is wrong.",
        401: "`unauthorized`: no token, or not a live one.", 403: "`forbidden`.",
        404: "`not_found`: not there, or not this token's.", 405: "`method_not_found`; `Allow` says which there are.",
        408: "The request's headers took too long.", 409: "`conflict`.",
        410: "`not_found`: the file has expired, or never came.",
        413: "`too_large`.", 415: "`unsupported`: files of this kind are not taken.",
        416: "The range lies outside of the file.",
        429: "`rate_limited`.", 431: "The request's headers are too large.", 500: "`internal`.", 503: "`unavailable`.",
    ]
}

extension [RestOperation.Answer] {
    /// What any request may get, beside what an operation says itself.
    static func usual(token: Bool, _ more: Int...) -> Self {
        let statuses = Set([400, 408, 431, 500, 503] + (token ? [401, 429] : []) + more)
        return statuses.sorted().map(RestOperation.Answer.problem)
    }
}
