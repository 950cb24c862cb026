import ConnectorKit
import Domain
import TestSupport
import Testing

@testable import Telegram

@Suite("What is done at Telegram without a message")
struct ActionTests {
    typealias T = TelegramTable

    static func edit(_ content: Content, keyboard: Keyboard? = nil, of id: String = "52") -> OutgoingRow.Given {
        action(.edit(externalID: id, content: content, keyboard: keyboard))
    }

    static func action(_ kind: OutgoingAction.Kind) -> OutgoingRow.Given {
        .action(OutgoingAction(chat: T.chat, kind: kind))
    }

    static func caption(_ text: String?) -> Content {
        var media = MediaContent(file: FileID(9))
        media.caption = text
        return .media(.image, media)
    }

    static let buttons: Keyboard? = OutgoingTests.inline(OutgoingTests.button(.callback)).keyboard
    static let markup: String = #"{"inline_keyboard":[[{"text":"B","callback_data":"B"}]]}"#

    static let requests: [OutgoingRow] = [
        OutgoingRow(
            "a text is edited",
            edit(.text(.init(text: "Привет 😀", entities: [.init(kind: .bold, offset: 0, length: 6)]))),
            [
                T.call(
                    "editMessageText",
                    #"{"chat_id":7101234567,"message_id":52,"text":"Привет 😀","entities":[{"type":"bold","offset":0,"length":6}]}"#
                )
            ], "done"),
        OutgoingRow(
            "a text is edited and keeps its buttons", edit(.text(.init(text: "a")), keyboard: buttons),
            [
                T.call(
                    "editMessageText", #"{"chat_id":7101234567,"message_id":52,"text":"a","reply_markup":\#(markup)}"#)
            ],
            "done"),
        OutgoingRow(
            "a text is edited and loses its buttons",
            edit(.text(.init(text: "a")), keyboard: .init(style: .inline, rows: [])),
            [T.call("editMessageText", #"{"chat_id":7101234567,"message_id":52,"text":"a"}"#)], "done"),
        OutgoingRow(
            "a caption is edited", edit(caption("Вот")),
            [T.call("editMessageCaption", #"{"chat_id":7101234567,"message_id":52,"caption":"Вот"}"#)], "done"),
        OutgoingRow(
            "a caption is taken away", edit(caption(nil)),
            [T.call("editMessageCaption", #"{"chat_id":7101234567,"message_id":52}"#)], "done"),
        OutgoingRow(
            "of a place the buttons are edited",
            edit(.location(.init(latitude: 1, longitude: 2)), keyboard: buttons),
            [T.call("editMessageReplyMarkup", #"{"chat_id":7101234567,"message_id":52,"reply_markup":\#(markup)}"#)],
            "done"),
        OutgoingRow(
            "a message is deleted", action(.delete(externalID: "52")),
            [T.call("deleteMessage", #"{"chat_id":7101234567,"message_id":52}"#, T.done)], "done"),
        OutgoingRow(
            "a press is answered", action(.answerCallback(id: "305", text: nil, alert: false)),
            [T.call("answerCallbackQuery", #"{"callback_query_id":"305"}"#, T.done)], "done"),
        OutgoingRow(
            "a press is answered with a text", action(.answerCallback(id: "305", text: "Готово", alert: true)),
            [T.call("answerCallbackQuery", #"{"callback_query_id":"305","text":"Готово","show_alert":true}"#, T.done)],
            "done"),
        OutgoingRow(
            "typing is shown", .typing(chat: T.chat),
            [T.call("sendChatAction", #"{"chat_id":7101234567,"action":"typing"}"#, T.done)]),
        OutgoingRow("reading is not told", action(.markRead(externalID: "51")), [], "refused unsupported"),
        OutgoingRow(
            "a keyboard cannot be put in place by an edit",
            edit(.text(.init(text: "a")), keyboard: .init(style: .reply, rows: [[OutgoingTests.button(.text)]])), [],
            "refused unsupported"),
        OutgoingRow(
            "of a place nothing is edited", edit(.location(.init(latitude: 1, longitude: 2))), [], "refused unsupported"
        ),
        OutgoingRow(
            "a message that is none", edit(.text(.init(text: "a")), of: "callback-5"), [], "refused message_not_found"),
        OutgoingRow(
            "a caption of 1025 units", edit(caption(String(repeating: "a", count: 1025))), [], "refused too_long"),
    ]

    @Test("is exactly this request", arguments: requests)
    func request(_ row: OutgoingRow) async { await T.check(row) }

    static func answered(_ method: String, _ answer: TableExchange.Answer, _ outcome: String) -> OutgoingRow {
        let given: OutgoingRow.Given
        let json: String
        switch method {
        case "editMessageText":
            given = edit(.text(.init(text: "a")))
            json = #"{"chat_id":7101234567,"message_id":52,"text":"a"}"#
        case "deleteMessage":
            given = action(.delete(externalID: "52"))
            json = #"{"chat_id":7101234567,"message_id":52}"#
        default:
            given = action(.answerCallback(id: "305", text: nil, alert: false))
            json = #"{"callback_query_id":"305"}"#
        }
        return OutgoingRow("\(method): \(outcome) after \(answer)", given, [T.call(method, json, answer)], outcome)
    }

    static let answers: [OutgoingRow] = [
        answered(
            "editMessageText",
            T.error(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
            ), "done"),
        answered(
            "editMessageText", T.error(400, "Bad Request: message to edit not found"), "refused message_not_found"),
        answered("editMessageText", T.error(400, "Bad Request: message can't be edited"), "refused not_editable"),
        answered(
            "editMessageText", T.error(400, "Bad Request: there is no text in the message to edit"),
            "refused not_editable"),
        answered("editMessageText", T.error(400, "Bad Request: message is too long"), "refused too_long"),
        answered("editMessageText", T.error(403, "Forbidden: bot was blocked by the user"), "refused customer_blocked"),
        answered(
            "editMessageText", T.error(429, "Too Many Requests: retry after 4", #"{"retry_after":4}"#), "throttled 4"),
        answered("editMessageText", .html(429, headers: ["Retry-After": "9"]), "throttled 9"),
        answered("editMessageText", T.error(401, "Unauthorized"), "accountRefused unauthorized"),
        answered("editMessageText", T.error(500, "Internal Server Error: restart"), "again provider_error"),
        answered("editMessageText", .html(502), "again provider_error"),
        answered("deleteMessage", T.error(400, "Bad Request: message to delete not found"), "done"),
        answered(
            "deleteMessage", T.error(400, "Bad Request: message can't be deleted for everyone"),
            "refused not_deletable"),
        answered("deleteMessage", T.error(400, "Bad Request: message is not modified"), "refused provider_error"),
        answered(
            "answerCallbackQuery",
            T.error(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"), "done"),
    ]

    @Test("comes to what the answer says", arguments: answers)
    func answer(_ row: OutgoingRow) async { await T.check(row) }

    @Test("an answer to a press is cut to 200 characters")
    func longAnswer() throws {
        let action = OutgoingAction(
            chat: "5", kind: .answerCallback(id: "1", text: String(repeating: "я", count: 300), alert: false))
        let call = try TelegramActions.call(for: action, in: 5)
        #expect(call.parameters.last?.value == .text(String(repeating: "я", count: 200)))
    }

    @Test("a long answer to a press is cut between graphemes, and counts as Telegram may count at most")
    func longEmojis() throws {
        let family = "👨‍👩‍👧‍👦"
        let action = OutgoingAction(
            chat: "5", kind: .answerCallback(id: "1", text: String(repeating: family, count: 30), alert: true))
        let call = try TelegramActions.call(for: action, in: 5)
        #expect(call.parameters.first { $0.name == "text" }?.value == .text(String(repeating: family, count: 18)))
    }
}
