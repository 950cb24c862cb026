import Domain
import JSON

/// The connection ended: by which close code, and whether it is worth coming back.
package struct AgentClosed: Error, Sendable, Equatable, CustomStringConvertible {
    /// The server's close code; nil where the connection broke without one.
    package var code: UInt16?
    package var reason: String
    /// From the reason `{"retry_after_ms":N}`.
    package var retryAfterMilliseconds: Int?

    package init(code: UInt16?, reason: String) {
        self.code = code
        self.reason = reason
        let milliseconds = (try? JSONValue(parsing: reason.utf8))?["retry_after_ms"]?.int64
        retryAfterMilliseconds = milliseconds.flatMap { Int(exactly: $0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    /// 4500–4999 say that the same attempt would end the same way; so do the protocol's own complaints about this client.
    package var mayReconnect: Bool {
        switch code {
        case nil: true
        case .some(4500..<5000), 1002, 1003, 1007, 1008, 1009: false
        default: true
        }
    }

    package var description: String { error.message }

    /// As the error of a command.
    package var error: EralinkError {
        switch code {
        case nil: EralinkError(.unavailable, "the connection to the chat server broke")
        case 4001, 1001: unavailable("the chat server is shutting down")
        case 4008: unavailable("the chat server closed the connection: it was read too slowly")
        case 4012: unavailable("the chat server closed the connection: it got no answer to its ping")
        case 4013:
            EralinkError(
                .rateLimited, "the chat server closed the connection: too many sessions or requests at once",
                retryAfterMilliseconds: retryAfterMilliseconds)
        case 4502: EralinkError(.unauthorized, "the token is not valid; make one with \"eralink token create\"")
        case 4503:
            EralinkError(.unauthorized, "the token was revoked or has expired; make one with \"eralink token create\"")
        case 4504: EralinkError(.unauthorized, "the session was not opened in time")
        case 4509: EralinkError(.conflict, "a newer exclusive session of the same agent took over")
        case let code?: unavailable("the chat server closed the connection with code \(code)")
        }
    }

    private func unavailable(_ message: String) -> EralinkError {
        EralinkError(.unavailable, message, retryable: mayReconnect, retryAfterMilliseconds: retryAfterMilliseconds)
    }
}
