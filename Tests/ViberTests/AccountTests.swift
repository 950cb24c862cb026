import Domain
import TestSupport
import Testing

@testable import Viber

/// The account and its webhook.
struct AccountTests {
    /// The address of the row's own server stands in for the public one.
    private static let table = ConnectorTable(secrets: [Bot.token, Bot.webhookSecret]) { bench in
        Bot.make(bench, settings: ["public_url": bench.url, "sender.name": "Мост"])
    }

    private static let info = Bot.call(
        "get_account_info", "{}", .json(#"{"status":0,"id":"pa:17","name":"Магазин","webhook":"","event_types":[]}"#))

    private static func probe(_ answer: TableExchange.Answer = .json("")) -> TableExchange {
        TableExchange("GET", "/webhooks/support/<secret>", answer: answer)
    }

    private static func set(_ answer: TableExchange.Answer) -> TableExchange {
        TableExchange(
            "POST", "/pa/set_webhook", headers: ["X-Viber-Auth-Token": "<secret>"], body: .any, answer: answer)
    }

    private static let done = TableExchange.Answer.json(
        #"{"status":0,"status_message":"ok","event_types":["delivered","seen"]}"#)

    static let rows: [OutgoingRow] = [
        OutgoingRow("the webhook is set once its address answers", .open, [info, probe(), set(done)], "pa:17 Магазин"),
        OutgoingRow("the address answers something else", .open, [info, probe(.html(404))], "unavailable"),
        OutgoingRow("nobody is at the address", .open, [info, probe(.drop)], "unavailable"),
        OutgoingRow(
            "Viber could not call back, and repeats the address", .open,
            [info, probe(), set(Bot.refused(1, "Result [failed] https://x/webhooks/support/\(Bot.webhookSecret)"))],
            "unavailable"),
        OutgoingRow(
            "Viber could not call back, and says nothing", .open, [info, probe(), set(.json(#"{"status":1}"#))],
            "unavailable"),
        OutgoingRow(
            "the token is wrong", .open, [Bot.call("get_account_info", "{}", Bot.refused(2))], "refused"),
        OutgoingRow(
            "the account is suspended", .open, [Bot.call("get_account_info", "{}", Bot.refused(9))], "refused"),
        OutgoingRow(
            "asked too often", .open, [Bot.call("get_account_info", "{}", Bot.refused(12))], "throttled(30.0 seconds)"),
        OutgoingRow(
            "the answer is a page", .open, [Bot.call("get_account_info", "{}", .html(502))], "unavailable"),
        OutgoingRow(
            "the answer names nobody", .open, [Bot.call("get_account_info", "{}", .json(#"{"status":0}"#))],
            "unavailable"),
        OutgoingRow(
            "a send finds that no webhook is set: it is set, and the message goes out", Bot.text("a"),
            [
                Bot.send(AnswerRows.hello, Bot.refused(10)), probe(), set(done), Bot.send(AnswerRows.hello),
            ], "sent 5741311803571730041"),
        OutgoingRow(
            "no webhook, and none can be set: the message waits", Bot.text("a"),
            [Bot.send(AnswerRows.hello, Bot.refused(10)), probe(.html(502))], "notTaken webhook_missing"),
        OutgoingRow(
            "a webhook was set, and Viber does not know it yet: the message waits", Bot.text("a"),
            [
                Bot.send(AnswerRows.hello, Bot.refused(10)), probe(), set(done),
                Bot.send(AnswerRows.hello, Bot.refused(10)),
            ], "notTaken webhook_missing"),
        OutgoingRow(
            "a customer's picture", .avatar(chat: Bot.chat),
            [
                Bot.call(
                    "get_user_details", #"{"id":"\#(Bot.chat)"}"#,
                    .json(#"{"status":0,"user":{"id":"\#(Bot.chat)","avatar":"https://media.example/a.jpg"}}"#))
            ], "https://media.example/a.jpg"),
        OutgoingRow(
            "a customer without a picture", .avatar(chat: Bot.chat),
            [Bot.call("get_user_details", #"{"id":"\#(Bot.chat)"}"#, .json(#"{"status":0,"user":{"id":"x"}}"#))], "none"
        ),
        OutgoingRow(
            "asked for twice already", .avatar(chat: Bot.chat),
            [Bot.call("get_user_details", #"{"id":"\#(Bot.chat)"}"#, Bot.refused(12))], "throttled(30.0 seconds)"),
        OutgoingRow("there is no typing", .typing(chat: Bot.chat), []),
        OutgoingRow(
            "there are no edits", .action(OutgoingAction(chat: Bot.chat, kind: .delete(externalID: "5"))), [],
            "refused unsupported"),
    ]

    @Test("the account, its webhook and its customers", arguments: rows)
    func row(_ row: OutgoingRow) async {
        #expect(await Self.table.complaints(about: row) == [])
    }

    @Test("without a public_url the failure says what to do")
    func noPublicURL() async throws {
        let table = ConnectorTable(secrets: [Bot.token]) { bench in Bot.make(bench, settings: [:]) }
        #expect(await table.complaints(about: OutgoingRow("", .open, [Self.info], "refused")) == [])
    }
}
