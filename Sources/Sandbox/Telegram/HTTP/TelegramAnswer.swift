import JSON

/// What the simulated server says to one call.
package struct TelegramAnswer: Sendable, Equatable {
    package var status: Int
    package var contentType = "application/json"
    package var body: [UInt8]
    /// Seconds, as the `Retry-After` header beside the same number in the body.
    package var retryAfter: Int?

    package init(status: Int, contentType: String = "application/json", body: [UInt8], retryAfter: Int? = nil) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.retryAfter = retryAfter
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; nil where it is none, as with a proxy's page.
    package var json: JSONValue? { try? JSONValue(parsing: body) }

    static func ok(_ result: [UInt8], description: String? = nil) -> TelegramAnswer {
        var writer = JSONWriter(reserving: result.count + 32)
        writer.object {
            $0.member("ok", true)
            $0.rawMember("result", result)
            $0.optional("description", description)
        }
        return TelegramAnswer(status: 200, body: writer.bytes)
    }
}

/// A refusal as the Bot API words it: status, sentence, and what to do about it.
struct TelegramFailure: Error, Equatable {
    var code: Int
    /// The sentence without the prefix of its code.
    var text: String
    var description: String
    var retryAfter: Int?
    var migrateTo: Int64?

    /// Adds the prefix of the code and lowers the first letter, unless the text is an UPPER_CASE name.
    init(_ code: Int, _ text: String, retryAfter: Int? = nil, migrateTo: Int64? = nil) {
        self.code = code
        self.text = text
        self.retryAfter = retryAfter
        self.migrateTo = migrateTo
        let prefix = Self.prefixes[code] ?? "Error"
        let second = text.utf8.dropFirst().first ?? 0
        let isName = second == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(second)
        let worded = isName ? text : text.prefix(1).lowercased() + text.dropFirst()
        description = text.isEmpty || text == prefix ? prefix : "\(prefix): \(worded)"
    }

    static func bad(_ text: String) -> TelegramFailure { TelegramFailure(400, text) }

    static func tooMany(_ seconds: Int) -> TelegramFailure {
        TelegramFailure(429, "retry after \(seconds)", retryAfter: seconds)
    }

    private static let prefixes = [
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
        413: "Request Entity Too Large", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
        504: "Gateway Timeout",
    ]

    var answer: TelegramAnswer {
        let body = JSONWriter.object {
            $0.member("ok", false)
            $0.member("error_code", code)
            $0.member("description", description)
            guard retryAfter != nil || migrateTo != nil else { return }
            $0.object("parameters") {
                $0.optional("migrate_to_chat_id", migrateTo)
                $0.optional("retry_after", retryAfter)
            }
        }
        return TelegramAnswer(status: code, body: body, retryAfter: retryAfter)
    }
}
