import Domain

/// One `name=value` of a query, decoded.
package struct WebQueryItem: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A request as a route sees it.
package struct WebRequest: Sendable {
    package let method: WebMethod
    /// The path as it was sent, still percent-encoded.
    package let path: String
    /// The decoded values of the `{name}` segments of the route's pattern.
    package internal(set) var parameters: [String: String] = [:]
    /// The query's pairs in their order; `+` stays a plus.
    package let query: [WebQueryItem]
    package let headers: WebHeaders
    /// The peer's address without its port; a proxy's own where there is one.
    package let remoteAddress: String
    package internal(set) var body: WebBody
    let segments: [String]

    init(method: String, target: String, headers: WebHeaders, remoteAddress: String, body: WebBody) throws(EralinkError)
    {
        let target = try RequestTarget(target)
        self.method = WebMethod(method)
        self.path = target.path
        self.segments = target.segments
        self.query = target.query
        self.headers = headers
        self.remoteAddress = remoteAddress
        self.body = body
    }

    /// The value of a `{name}` segment; a name that the pattern does not have gives an empty string.
    package func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The token of `Authorization: Bearer TOKEN`; nil without the header.
    ///
    /// Throws `unauthorized` where the header is there and is something else, or is there twice.
    package func bearerToken() throws(EralinkError) -> String? {
        let values = headers.values("Authorization")
        guard let value = values.first else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard values.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw EralinkError(.unauthorized, "the Authorization header is not \"Bearer TOKEN\"")
        }
        let token = parts[1].trimmingBlanks()
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw EralinkError(.unauthorized, "the Authorization header is not \"Bearer TOKEN\"")
        }
        return String(token)
    }

    /// `Content-Length`, nil where the body is chunked or there is none.
    package var contentLength: Int64? { headers["Content-Length"].flatMap { Int64($0) } }
}
