import Domain
import TestSupport
import Testing

@testable import Viber

/// Parts → exact requests, and answers → outcomes.
struct OutgoingTests {
    @Test("a message of each kind goes out as Viber wants it", arguments: OutgoingRows.kinds)
    func kinds(_ row: OutgoingRow) async {
        #expect(await Bot.table.complaints(about: row) == [])
    }

    @Test("keyboards go out as Viber's schemas want them", arguments: OutgoingRows.keyboards)
    func keyboards(_ row: OutgoingRow) async {
        #expect(await Bot.table.complaints(about: row) == [])
    }

    @Test("each status of the table has its outcome", arguments: AnswerRows.statuses)
    func statuses(_ row: OutgoingRow) async {
        #expect(await Bot.table.complaints(about: row) == [])
    }

    @Test("whatever else comes back has its outcome", arguments: AnswerRows.answers)
    func answers(_ row: OutgoingRow) async {
        #expect(await Bot.table.complaints(about: row) == [])
    }

    private static let nameless = ConnectorTable(secrets: [Bot.token, Bot.webhookSecret]) { bench in
        Bot.make(bench, settings: ["sender.avatar": "https://gw.example.org/a.png"])
    }

    @Test("without a sender.name the bot's own name stands there, asked for once, and the avatar that is set")
    func ownName() async {
        let sender = #""sender":{"name":"Магазин на диване и всё для ","avatar":"https://gw.example.org/a.png"}"#
        let send = Bot.call(
            "send_message", #"{"receiver":"\#(Bot.chat)",\#(sender),\#(AnswerRows.hello)}"#, Bot.taken)
        let row = OutgoingRow(
            "", .all([Bot.text("a"), Bot.text("a")]),
            [
                Bot.call(
                    "get_account_info", "{}",
                    .json(#"{"status":0,"id":"pa:1","name":"Магазин на диване и всё для дома"}"#)), send, send,
            ], "sent 5741311803571730041", "sent 5741311803571730041")
        #expect(await Self.nameless.complaints(about: row) == [])
    }

    @Test(
        "no name can be had: the message waits",
        arguments: [(2, "accountRefused unavailable"), (99, "notTaken unavailable")])
    func noName(_ status: Int, _ outcome: String) async {
        let row = OutgoingRow(
            "", Bot.text("a"), [Bot.call("get_account_info", "{}", Bot.refused(status))], outcome)
        #expect(await Self.nameless.complaints(about: row) == [])
    }

    @Test("an empty sender.name is none")
    func emptyName() async {
        let table = ConnectorTable(secrets: [Bot.token]) { bench in Bot.make(bench, settings: ["sender.name": ""]) }
        let row = OutgoingRow(
            "an empty sender.name", Bot.text("a"),
            [
                Bot.call("get_account_info", "{}", .json(#"{"status":0,"id":"pa:17","name":"Мост"}"#)),
                Bot.send(AnswerRows.hello),
            ], "sent 5741311803571730041")
        #expect(await table.complaints(about: row) == [])
    }

    @Test("six columns are shared out among the buttons of a row")
    func widths() {
        #expect(
            (1...6).map { ViberKeyboard.widths(of: $0) } == [
                [6], [3, 3], [2, 2, 2], [2, 2, 1, 1], [2, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1],
            ])
    }

    @Test("every extension that Viber forbids is refused", arguments: ViberBody.forbidden.sorted())
    func forbidden(_ type: String) async {
        let row = OutgoingRows.refuses(
            type, OutgoingRows.media(.document), file: OutgoingRows.file("a.\(type)", "application/x-any"),
            "refused unsupported")
        #expect(await Bot.table.complaints(about: row) == [])
    }
}
