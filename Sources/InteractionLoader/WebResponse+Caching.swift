import Web

extension WebResponse {
    /// What may be different at the next request, and is nobody else's.
    static func fresh(_ json: [UInt8]) -> WebResponse { .json(json, headers: ["Cache-Control": "no-store"]) }

    /// JSON with an entity tag: 304 where the client has it already (RFC 9110, section 13.1.2).
    static func tagged(_ tag: String, _ json: [UInt8], for request: WebRequest) -> WebResponse {
        let headers: WebHeaders = [
            "ETag": "\"\(tag)\"", "Cache-Control": "private, no-cache", "Vary": "Authorization",
        ]
        let known = request.headers.tokens("If-None-Match")
        guard known.contains("*") || known.contains("\"\(tag)\"") || known.contains("w/\"\(tag)\"") else {
            return .json(json, headers: headers)
        }
        return WebResponse(status: 304, headers: headers)
    }
}
