import AgentProtocol
import Domain
import JSON

extension WebResponse {
    /// An error as `application/problem+json`: the members of the JSON-RPC error object plus RFC 9457's `title` and `status`.
    ///
    /// `status` is for the few answers of HTTP that have no error code of their own (405, 408, 426, 431).
    package static func problem(_ error: EralinkError, status: Int? = nil, headers: WebHeaders = [:]) -> WebResponse {
        let status = status ?? error.code.http
        let bytes = JSONWriter.object { writer in
            writer.member("title", HTTPReason.phrase(status))
            writer.member("status", status)
            error.writeMembers(to: &writer)
        }
        var headers = headers
        if let milliseconds = error.retryAfterMilliseconds {
            headers["Retry-After"] = String((max(milliseconds, 0) + 999) / 1000)
        }
        if status == 401, headers["WWW-Authenticate"] == nil { headers["WWW-Authenticate"] = "Bearer" }
        return WebResponse(
            status: status, contentType: "application/problem+json", bytes: bytes, headers: headers)
    }
}

/// The reason phrases that Eralink answers with (RFC 9110, section 15).
enum HTTPReason {
    static func phrase(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
    }
}
