import JSON

/// What came back for one call, as the Bot API shapes it: `{"ok":true,"result":…}` or `{"ok":false,"error_code":…}`. In front
/// of Telegram stand proxies that answer with HTML, so nothing is taken for granted. Pure.
enum TelegramAnswer: Sendable, Equatable {
    /// Where the value of `result` stands in the body.
    case result(Range<Int>)
    case error(TelegramError)
    /// Not the Bot API's JSON, or cut off.
    case unreadable(status: Int, retryAfter: Duration?)

    static func read(status: Int, retryAfter header: String?, body: [UInt8]) -> TelegramAnswer {
        let wait = header.flatMap { Int64($0.filter { $0 != " " }) }.map(TelegramError.wait)
        let unreadable = TelegramAnswer.unreadable(status: status, retryAfter: wait)
        guard let members = try? JSONSplitter.members(of: body) else { return unreadable }
        func member(_ name: String) -> Range<Int>? { members.last { $0.name == name }?.value }
        func value(_ name: String) -> JSONValue? {
            member(name).flatMap { try? JSONValue(parsing: body[$0], limits: .init(invalidUTF8: .replace)) }
        }
        switch value("ok")?.bool {
        case true:
            guard status < 300, let result = member("result") else { return unreadable }
            return .result(result)
        case false:
            guard let code = value("error_code")?.int64.flatMap(Int.init(exactly:)) ?? (status >= 400 ? status : nil)
            else { return unreadable }
            let parameters = value("parameters")
            return .error(
                TelegramError(
                    // A proxy's 5xx says that the outcome is not known, whatever the body claims.
                    code: status >= 500 ? status : code, description: value("description")?.string ?? "",
                    retryAfter: parameters?["retry_after"]?.int64.map(TelegramError.wait) ?? wait,
                    migrateTo: parameters?["migrate_to_chat_id"]?.int64))
        case nil: return unreadable
        }
    }
}

struct TelegramError: Sendable, Equatable {
    var code: Int
    var description: String
    var retryAfter: Duration?
    var migrateTo: Int64?

    init(code: Int, description: String, retryAfter: Duration? = nil, migrateTo: Int64? = nil) {
        self.code = code
        self.description = description
        self.retryAfter = retryAfter
        self.migrateTo = migrateTo
    }

    /// How long to wait after a 429 that does not say it: neither member nor header.
    static let usualWait = Duration.seconds(5)

    /// At least a second, at most a day: a wait that is no sensible number must not stop an account for ever.
    static func wait(seconds: Int64) -> Duration { .seconds(min(max(seconds, 1), 86_400)) }

    func mentions(_ text: String) -> Bool { description.lowercased().contains(text) }

    /// For people: Telegram's own words, or at least its number.
    var text: String {
        let words = description.isEmpty ? "Telegram answered \(code)" : description
        return words.cut(toBytes: TelegramLimits.reasonBytes)
    }
}
