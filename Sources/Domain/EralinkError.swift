/// The one error that crosses an edge of Eralink: agent API, REST, command line (agent-api.md, "Errors").
///
/// `message` is one sentence for a person: what failed, on what, and what to do next. Causes go to the log.
package struct EralinkError: Error, Sendable, Equatable, CustomStringConvertible {
    package var code: ErrorCode
    package var message: String
    /// Whether the same request may succeed later without a change.
    package var retryable: Bool
    /// Milliseconds to wait before the request is tried again.
    package var retryAfterMilliseconds: Int?
    package var details: [Detail]

    package struct Detail: Sendable, Equatable {
        package var name: String
        package var value: Value

        package enum Value: Sendable, Equatable {
            case string(String)
            case integer(Int64)
            case strings([String])
            case null
        }

        package init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }

        package init(_ name: String, _ value: String?) {
            self.init(name, value.map(Value.string) ?? .null)
        }
    }

    package init(
        _ code: ErrorCode, _ message: String, retryable: Bool? = nil, retryAfterMilliseconds: Int? = nil,
        details: [Detail] = []
    ) {
        self.code = code
        self.message = message
        self.retryable = retryable ?? code.isUsuallyRetryable
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.details = details
    }

    package var description: String { "\(code.name): \(message)" }
}
