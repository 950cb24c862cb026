import AgentProtocol
import Domain

extension WebResponse {
    /// An error as `application/problem+json` (agent-api.md, "Errors").
    ///
    /// `status` is for the few answers of HTTP that have no error code of their own (405, 408, 426, 431, 505).
    package static func problem(_ error: EralinkError, status: Int? = nil, headers: WebHeaders = [:]) -> WebResponse {
        let status = status ?? error.code.http
        var response = WebResponse(
            status: status, contentType: "application/problem+json", bytes: error.problem(status: status),
            headers: headers)
        if let milliseconds = error.retryAfterMilliseconds {
            response.headers["Retry-After"] = String((max(milliseconds, 0) + 999) / 1000)
        }
        if status == 401, response.headers["WWW-Authenticate"] == nil {
            response.headers["WWW-Authenticate"] = "Bearer"
        }
        return response
    }
}
