import ConnectorKit
import Domain
import HTTPFetch
import Testing

@testable import Telegram

@Suite("What Telegram's answers mean")
struct AnswerTests {
    struct Answer: Sendable {
        var status: Int
        var body: String
        var retryAfter: String?

        init(_ status: Int, _ body: String, retryAfter: String? = nil) {
            self.status = status
            self.body = body
            self.retryAfter = retryAfter
        }

        /// Telegram's error with that code and description.
        init(error code: Int, _ description: String, _ parameters: String = "") {
            let more = parameters.isEmpty ? "" : #","parameters":\#(parameters)"#
            self.init(code, #"{"ok":false,"error_code":\#(code),"description":"\#(description)"\#(more)}"#)
        }

        var read: TelegramAnswer { .read(status: status, retryAfter: retryAfter, body: Array(body.utf8)) }
        var outcome: SendOutcome { TelegramVerdict.outcome(of: read, body: Array(body.utf8)) }
    }

    /// An outcome without the words of its reason.
    enum Brief: Sendable, Equatable {
        case sent(String), throttled(Duration), refused(String), blocked, notTaken, ambiguous, accountRefused, moved(
            String)

        init(_ outcome: SendOutcome) {
            switch outcome {
            case .sent(let id): self = .sent(id)
            case .throttled(let wait): self = .throttled(wait)
            case .refused(let reason, let blocked): self = blocked ? .blocked : .refused(reason.code)
            case .notTaken: self = .notTaken
            case .ambiguous: self = .ambiguous
            case .accountRefused: self = .accountRefused
            case .moved(let chat): self = .moved(chat)
            }
        }
    }

    static let html = "<html><head><title>502 Bad Gateway</title></head></html>"

    static let sends: [Row<Answer, Brief>] = [
        Row("taken", Answer(200, #"{"ok":true,"result":{"message_id":52,"text":"a"}}"#), .sent("52")),
        Row(
            "taken, with 100 levels beside",
            Answer(200, #"{"ok":true,"result":{"x":\#(UnsupportedTests.nested(100)),"message_id":52}}"#), .sent("52")),
        Row("taken, without a number", Answer(200, #"{"ok":true,"result":{"text":"a"}}"#), .ambiguous),
        Row("taken, with true for a message", Answer(200, #"{"ok":true,"result":true}"#), .ambiguous),
        Row("taken, without a result", Answer(200, #"{"ok":true}"#), .ambiguous),
        Row("200 cut off", Answer(200, #"{"ok":true,"result":{"message_id":52,"te"#), .ambiguous),
        Row("200 empty", Answer(200, ""), .ambiguous),
        Row("200 with HTML", Answer(200, html), .ambiguous),
        Row("200 with another JSON", Answer(200, #"[1]"#), .ambiguous),
        Row(
            "200 that says no, with a code",
            Answer(200, #"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#),
            .refused("chat_not_found")),
        Row("200 that says no, without a code", Answer(200, #"{"ok":false}"#), .ambiguous),
        Row("500", Answer(error: 500, "Internal Server Error: restart"), .ambiguous),
        Row("502 in JSON", Answer(error: 502, "Bad Gateway"), .ambiguous),
        Row("502 in HTML", Answer(502, html), .ambiguous),
        Row("504 empty", Answer(504, ""), .ambiguous),
        Row(
            "502 with another code in it", Answer(502, #"{"ok":false,"error_code":400,"description":"Bad Request"}"#),
            .ambiguous),
        Row(
            "429 with a wait", Answer(error: 429, "Too Many Requests: retry after 14", #"{"retry_after":14}"#),
            .throttled(.seconds(14))),
        Row(
            "429 with a header",
            Answer(429, #"{"ok":false,"error_code":429,"description":"Too Many Requests"}"#, retryAfter: "7"),
            .throttled(.seconds(7))),
        Row("429 with neither", Answer(error: 429, "Too Many Requests"), .throttled(.seconds(5))),
        Row("429 in HTML with a header", Answer(429, html, retryAfter: " 9"), .throttled(.seconds(9))),
        Row(
            "429 in HTML with a date", Answer(429, html, retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT"),
            .throttled(.seconds(5))),
        Row("429 with a wait of nothing", Answer(error: 429, "x", #"{"retry_after":0}"#), .throttled(.seconds(1))),
        Row(
            "429 with a wait for ever", Answer(error: 429, "x", #"{"retry_after":9223372036854775807}"#),
            .throttled(.seconds(86_400))),
        Row("blocked", Answer(error: 403, "Forbidden: bot was blocked by the user"), .blocked),
        Row("deactivated", Answer(error: 403, "Forbidden: user is deactivated"), .refused("customer_deactivated")),
        Row(
            "never wrote", Answer(error: 403, "Forbidden: bot can't initiate conversation with a user"),
            .refused("customer_never_wrote")),
        Row(
            "a bot", Answer(error: 403, "Forbidden: the bot can't send messages to the bot"),
            .refused("customer_unreachable")),
        Row(
            "403 otherwise", Answer(error: 403, "Forbidden: bot was kicked from the group chat"),
            .refused("customer_unreachable")),
        Row("403 that nobody knows", Answer(error: 403, "Forbidden: x"), .refused("provider_error")),
        Row(
            "no rights", Answer(error: 400, "Bad Request: not enough rights to send text messages to the chat"),
            .refused("no_rights")),
        Row("a closed topic", Answer(error: 400, "Bad Request: TOPIC_CLOSED"), .refused("no_rights")),
        Row(
            "entities", Answer(error: 400, "Bad Request: can't parse entities: Can't find end of Bold entity"),
            .refused("invalid_entities")),
        Row(
            "no object for a keyboard", Answer(error: 400, "Bad Request: object expected as reply markup"),
            .refused("invalid_keyboard")),
        Row(
            "a keyboard that is too long", Answer(error: 400, "Bad Request: reply markup is too long"),
            .refused("invalid_keyboard")),
        Row(
            "a caption that is too long", Answer(error: 400, "Bad Request: message caption is too long"),
            .refused("too_long")),
        Row("403 of a proxy", Answer(403, html), .notTaken),
        Row("chat not found", Answer(error: 400, "Bad Request: chat not found"), .refused("chat_not_found")),
        Row("too long", Answer(error: 400, "Bad Request: message is too long"), .refused("too_long")),
        Row("raw text too long", Answer(error: 400, "Bad Request: text is too long"), .refused("too_long")),
        Row("empty", Answer(error: 400, "Bad Request: message text is empty"), .refused("empty_text")),
        Row("blank", Answer(error: 400, "Bad Request: text must be non-empty"), .refused("empty_text")),
        Row(
            "the answered message gone", Answer(error: 400, "Bad Request: message to be replied not found"),
            .refused("reply_not_found")),
        Row("a bad button", Answer(error: 400, "Bad Request: BUTTON_DATA_INVALID"), .refused("invalid_keyboard")),
        Row("400 of a proxy", Answer(400, html), .notTaken),
        Row(
            "moved",
            Answer(
                error: 400, "Bad Request: group chat was upgraded to a supergroup chat",
                #"{"migrate_to_chat_id":-1001234567890}"#), .moved("-1001234567890")),
        Row("401", Answer(error: 401, "Unauthorized"), .accountRefused),
        Row("404", Answer(error: 404, "Not Found"), .accountRefused),
        Row("404 of a proxy", Answer(404, html), .notTaken),
        Row("421", Answer(error: 421, "Misdirected Request: unallowed token specified"), .accountRefused),
        Row("409", Answer(error: 409, "Conflict: terminated by other getUpdates request"), .notTaken),
        Row("413 in JSON", Answer(error: 413, "Request Entity Too Large"), .refused("too_large")),
        Row("413 in HTML", Answer(413, html), .refused("too_large")),
        Row("a redirect", Answer(302, ""), .notTaken),
    ]

    @Test("for a message that was to be sent", arguments: sends)
    func send(_ row: Row<Answer, Brief>) { #expect(Brief(row.given.outcome) == row.expected) }

    static let calls: [Row<Answer, ConnectorFailure.Kind?>] = [
        Row("an answer", Answer(200, #"{"ok":true,"result":[]}"#), nil),
        Row("401", Answer(error: 401, "Unauthorized"), .refused),
        Row("404", Answer(error: 404, "Not Found"), .refused),
        Row("421", Answer(error: 421, "Misdirected Request"), .refused),
        Row("409", Answer(error: 409, "Conflict: terminated by other getUpdates request; make sure"), .conflict),
        Row("429", Answer(error: 429, "x", #"{"retry_after":3}"#), .throttled(.seconds(3))),
        Row("429 in HTML", Answer(429, html), .throttled(.seconds(5))),
        Row("500", Answer(error: 500, "Internal Server Error"), .unavailable),
        Row("502 in HTML", Answer(502, html), .unavailable),
        Row("404 in HTML", Answer(404, html), .unavailable),
        Row("200 cut off", Answer(200, #"{"ok":true,"result":[{"#), .unavailable),
        Row("200 with HTML", Answer(200, html), .unavailable),
        Row("400", Answer(error: 400, "Bad Request: x"), .unavailable),
    ]

    @Test("for everything else that was asked", arguments: calls)
    func call(_ row: Row<Answer, ConnectorFailure.Kind?>) {
        #expect(TelegramVerdict.failure(of: row.given.read, calling: "getUpdates")?.kind == row.expected)
    }

    static let silence: [Row<HTTPFetchError, Brief>] = [
        Row("no name", HTTPFetchError(.dns, .certainlyNotSent, detail: "x"), .notTaken),
        Row("no connection", HTTPFetchError(.connect, .certainlyNotSent, detail: "x"), .notTaken),
        Row("no TLS", HTTPFetchError(.tls, .certainlyNotSent, detail: "x"), .notTaken),
        Row("cancelled before", HTTPFetchError(.cancelled, .certainlyNotSent, detail: "x"), .notTaken),
        Row("cancelled after", HTTPFetchError(.cancelled, .uncertain, detail: "x"), .ambiguous),
        Row("a timeout", HTTPFetchError(.timeout, .uncertain, detail: "x"), .ambiguous),
        Row("a reset", HTTPFetchError(.reset, .uncertain, detail: "x"), .ambiguous),
        Row("a body cut off", HTTPFetchError(.truncated, .uncertain, status: 200, detail: "x"), .ambiguous),
        Row("a file that broke off", HTTPFetchError(.requestBody, .uncertain, detail: "x"), .notTaken),
        Row(
            "an address that is none", HTTPFetchError(.invalidRequest, .certainlyNotSent, detail: "x"), .accountRefused),
    ]

    @Test("when none came", arguments: silence)
    func noAnswer(_ row: Row<HTTPFetchError, Brief>) {
        #expect(Brief(TelegramVerdict.outcome(of: row.given)) == row.expected)
    }

    @Test("the reason has Telegram's own words, within bounds")
    func reason() {
        let words = String(repeating: "я", count: 4000)
        guard case .refused(let reason, _) = Answer(error: 400, words).outcome else {
            Issue.record("not refused")
            return
        }
        #expect(reason.text.hasPrefix("яяя") && reason.text.utf8.count <= 500)
    }
}
