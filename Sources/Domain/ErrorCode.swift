/// A machine-readable error code with its three faces: JSON-RPC number, HTTP status, exit status
/// (the table of agent-api.md, "Errors").
package struct ErrorCode: Sendable, Hashable {
    package let name: String
    package let rpc: Int
    package let http: Int
    package let exit: Int32

    package static let parseError = Self(name: "parse_error", rpc: -32700, http: 400, exit: 2)
    package static let invalidRequest = Self(name: "invalid_request", rpc: -32600, http: 400, exit: 2)
    package static let methodNotFound = Self(name: "method_not_found", rpc: -32601, http: 404, exit: 2)
    package static let invalidParams = Self(name: "invalid_params", rpc: -32602, http: 400, exit: 2)
    package static let `internal` = Self(name: "internal", rpc: -32603, http: 500, exit: 1)
    package static let unauthorized = Self(name: "unauthorized", rpc: -32001, http: 401, exit: 4)
    package static let forbidden = Self(name: "forbidden", rpc: -32002, http: 403, exit: 4)
    package static let notFound = Self(name: "not_found", rpc: -32003, http: 404, exit: 3)
    package static let conflict = Self(name: "conflict", rpc: -32004, http: 409, exit: 7)
    package static let tooLarge = Self(name: "too_large", rpc: -32005, http: 413, exit: 2)
    package static let tooLong = Self(name: "too_long", rpc: -32006, http: 422, exit: 2)
    package static let unsupported = Self(name: "unsupported", rpc: -32007, http: 422, exit: 8)
    package static let windowClosed = Self(name: "window_closed", rpc: -32008, http: 422, exit: 8)
    package static let customerBlocked = Self(name: "customer_blocked", rpc: -32009, http: 422, exit: 8)
    package static let rateLimited = Self(name: "rate_limited", rpc: -32010, http: 429, exit: 5)
    package static let providerError = Self(name: "provider_error", rpc: -32011, http: 502, exit: 8)
    package static let unavailable = Self(name: "unavailable", rpc: -32012, http: 503, exit: 6)

    /// Every code of the contract, in the order of its table.
    package static let all: [ErrorCode] = [
        .parseError, .invalidRequest, .methodNotFound, .invalidParams, .internal, .unauthorized, .forbidden, .notFound,
        .conflict, .tooLarge, .tooLong, .unsupported, .windowClosed, .customerBlocked, .rateLimited, .providerError,
        .unavailable,
    ]

    package init?(name: String) {
        guard let code = Self.all.first(where: { $0.name == name }) else { return nil }
        self = code
    }

    private init(name: String, rpc: Int, http: Int, exit: Int32) {
        self.name = name
        self.rpc = rpc
        self.http = http
        self.exit = exit
    }

    var isUsuallyRetryable: Bool { self == .rateLimited || self == .unavailable || self == .internal }
}
