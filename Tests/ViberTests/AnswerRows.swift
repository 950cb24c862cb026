import Domain
import TestSupport

@testable import Viber

/// What Viber answers → what comes of it.
enum AnswerRows {
    static let hello = #""type":"text","text":"a""#

    static func row(_ label: String, _ answer: TableExchange.Answer, _ expected: String) -> OutgoingRow {
        OutgoingRow(label, Bot.text("a"), [Bot.send(hello, answer)], expected)
    }

    static func status(_ code: Int, _ expected: String) -> OutgoingRow {
        row("status \(code)", Bot.refused(code), expected)
    }

    static let statuses: [OutgoingRow] = [
        status(1, "notTaken provider_error"), status(2, "accountRefused unauthorized"),
        status(3, "refused provider_error"), status(4, "refused provider_error"),
        status(5, "refused customer_unreachable"), status(6, "blocked customer_blocked"),
        status(7, "accountRefused account_blocked"), status(8, "accountRefused account_not_found"),
        status(9, "accountRefused account_suspended"), status(11, "refused customer_unreachable"),
        status(12, "throttled 4"), status(13, "refused unsupported"), status(14, "refused provider_error"),
        status(15, "accountRefused unauthorized"), status(16, "refused provider_error"),
        status(17, "refused provider_error"), status(18, "refused provider_error"),
        status(19, "refused provider_error"), status(20, "refused provider_error"),
        status(21, "refused provider_error"), status(22, "refused provider_error"),
        status(23, "accountRefused out_of_credit"), status(24, "accountRefused out_of_credit"),
        status(99, "notTaken provider_error"), status(-1, "notTaken provider_error"),
    ]

    static let answers: [OutgoingRow] = [
        row("no words", .json(#"{"status":3}"#), "refused provider_error"),
        row(
            "the token in Viber's words", .json(#"{"status":2,"status_message":"bad \#(Bot.token)"}"#),
            "accountRefused unauthorized"),
        row(
            "a refusal with HTTP 400", .json(#"{"status":6,"status_message":"x"}"#, status: 400),
            "blocked customer_blocked"),
        row("success without a token", .json(#"{"status":0}"#), "ambiguous provider_error"),
        row("a token beyond 2^53", .json(#"{"status":0,"message_token":9007199254740993}"#), "sent 9007199254740993"),
        row("a token as text", .json(#"{"status":0,"message_token":"574131"}"#), "sent 574131"),
        row("HTTP 502 with a page", .html(502), "ambiguous provider_error"),
        row("HTTP 500 that claims a refusal", .json(#"{"status":3}"#, status: 500), "ambiguous provider_error"),
        row("HTTP 200 with a page", .html(200), "ambiguous provider_error"),
        row("HTTP 403 of a proxy", .html(403), "notTaken provider_error"),
        row("HTTP 413 of a proxy", .html(413), "refused too_large"),
        row("HTTP 429 of a proxy", .html(429), "throttled 4"),
        row("half a JSON", .json(#"{"status":0,"mess"#), "ambiguous provider_error"),
        row("a status that is no number", .json(#"{"status":"ok"}"#), "ambiguous provider_error"),
        row("the connection ends", .drop, "ambiguous unavailable"),
        row(
            "the answer is cut", .cut(status: 200, body: Array(#"{"status":0,"message_token":5}"#.utf8), after: 12),
            "ambiguous unavailable"),
        OutgoingRow(
            "too much again and again: the customer's own limit, which holds up nobody else",
            .all(Array(repeating: Bot.text("a"), count: 4)),
            Array(repeating: Bot.send(hello, Bot.refused(12)), count: 4),
            "throttled 4", "throttled 8", "throttled 16", "notTaken rate_limited"),
        OutgoingRow(
            "a general error is tried five times",
            .all(Array(repeating: Bot.text("a"), count: 5)),
            Array(repeating: Bot.send(hello, Bot.refused(99)), count: 5),
            "notTaken provider_error", "notTaken provider_error", "notTaken provider_error", "notTaken provider_error",
            "refused provider_error"),
        OutgoingRow(
            "an old Viber gets a keyboard instead of buttons in the feed",
            .part(
                Bot.part(OutgoingRows.text("a"), keyboard: OutgoingRows.row(OutgoingRows.order, style: .inline))),
            [
                TableExchange("POST", "/pa/send_message", body: .any, answer: Bot.refused(13)),
                Bot.send(#"\#(hello),\#(OutgoingRows.keyboard(OutgoingRows.orderJSON(6)))"#),
            ], "sent 5741311803571730041"),
    ]
}
