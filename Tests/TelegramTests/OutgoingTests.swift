import Domain
import TestSupport
import Testing

@testable import Telegram

@Suite("What goes to Telegram")
struct OutgoingTests {
    typealias T = TelegramTable

    static func button(
        _ kind: Keyboard.Button.Kind, data: String? = nil, url: String? = nil, color: Keyboard.Button.Color? = nil
    ) -> Keyboard.Button { .init(text: "B", kind: kind, data: data, url: url, color: color) }

    static func row(_ label: String, _ part: OutgoingPart, _ method: String, _ json: String) -> OutgoingRow {
        OutgoingRow(label, .part(part), [T.call(method, json)], "sent 52")
    }

    static let texts: [OutgoingRow] = [
        row(
            "a text", T.text("Привет \"я\"\n"), "sendMessage", #"{"chat_id":7101234567,"text":"Привет \"я\"\n"}"#),
        row(
            "an emoji with joiners, and text from right to left", T.text("👩‍👩‍👧 مرحبا"), "sendMessage",
            #"{"chat_id":7101234567,"text":"👩‍👩‍👧 مرحبا"}"#),
        row(
            "a chat beyond 2^53", T.text("a", chat: "9007199254740993"), "sendMessage",
            #"{"chat_id":9007199254740993,"text":"a"}"#),
        row(
            "all entities that Telegram takes",
            T.text(
                "😀abcdefg",
                [
                    .init(kind: .bold, offset: 0, length: 2), .init(kind: .italic, offset: 2, length: 1),
                    .init(kind: .underline, offset: 3, length: 1), .init(kind: .strike, offset: 4, length: 1),
                    .init(kind: .code, offset: 5, length: 1), .init(kind: .pre, offset: 6, length: 1),
                    .init(kind: .link, offset: 7, length: 2, url: "https://e.org/?a=1&b=\"2\""),
                ]), "sendMessage",
            #"{"chat_id":7101234567,"text":"😀abcdefg","entities":[{"type":"bold","offset":0,"length":2},"#
                + #"{"type":"italic","offset":2,"length":1},{"type":"underline","offset":3,"length":1},"#
                + #"{"type":"strikethrough","offset":4,"length":1},{"type":"code","offset":5,"length":1},"#
                + #"{"type":"pre","offset":6,"length":1},"#
                + #"{"type":"text_link","offset":7,"length":2,"url":"https://e.org/?a=1&b=\"2\""}]}"#),
        row(
            "entities that Telegram would refuse",
            T.text(
                "😀a",
                [
                    .init(kind: .bold, offset: 1, length: 2), .init(kind: .bold, offset: 0, length: 4),
                    .init(kind: .bold, offset: -1, length: 1), .init(kind: .bold, offset: 3, length: 1),
                    .init(kind: .bold, offset: 2, length: 0), .init(kind: .bold, offset: .max, length: .max),
                    .init(kind: .mention, offset: 2, length: 1), .init(kind: .link, offset: 2, length: 1),
                    .init(kind: .link, offset: 2, length: 1, url: "tel:+7912"),
                    .init(kind: .link, offset: 2, length: 1, url: "http://localhost/a.b"),
                    .init(kind: .link, offset: 2, length: 1, url: "https://.ru"),
                ]), "sendMessage", #"{"chat_id":7101234567,"text":"😀a"}"#),
        row(
            "a reply", T.text("a", replyTo: "51"), "sendMessage",
            #"{"chat_id":7101234567,"text":"a","reply_parameters":{"message_id":51,"allow_sending_without_reply":true}}"#
        ),
        row(
            "a reply to a press", T.text("a", replyTo: "callback-305"), "sendMessage",
            #"{"chat_id":7101234567,"text":"a"}"#),
        row(
            "buttons under the message",
            T.text(
                "a",
                keyboard: .init(
                    style: .inline,
                    rows: [
                        [button(.callback, data: "q7:1", color: .positive), button(.callback)], [],
                        [button(.url, url: "https://e.org/", color: .secondary)],
                    ])), "sendMessage",
            #"{"chat_id":7101234567,"text":"a","reply_markup":{"inline_keyboard":[[{"text":"B","callback_data":"q7:1","style":"success"},"#
                + #"{"text":"B","callback_data":"B"}],[{"text":"B","url":"https://e.org/"}]]}}"#),
        row(
            "64 bytes of data",
            T.text(
                "a",
                keyboard: .init(style: .inline, rows: [[button(.callback, data: String(repeating: "ё", count: 32))]])),
            "sendMessage",
            #"{"chat_id":7101234567,"text":"a","reply_markup":{"inline_keyboard":[[{"text":"B","callback_data":"\#(String(repeating: "ё", count: 32))"}]]}}"#
        ),
        row(
            "buttons in place of the keyboard",
            T.text(
                "a",
                keyboard: .init(
                    style: .reply, rows: [[button(.text), button(.phone)], [button(.location)]], oneTime: true,
                    persistent: true)), "sendMessage",
            #"{"chat_id":7101234567,"text":"a","reply_markup":{"keyboard":[[{"text":"B"},{"text":"B","request_contact":true}],"#
                + #"[{"text":"B","request_location":true}]],"resize_keyboard":true,"one_time_keyboard":true,"is_persistent":true}}"#
        ),
        row(
            "the keyboard taken away", T.text("a", keyboard: .init(style: .remove)), "sendMessage",
            #"{"chat_id":7101234567,"text":"a","reply_markup":{"remove_keyboard":true}}"#),
        row(
            "a keyboard without buttons", T.text("a", keyboard: .init(style: .inline, rows: [[]])), "sendMessage",
            #"{"chat_id":7101234567,"text":"a"}"#),
    ]

    static let others: [OutgoingRow] = [
        row(
            "a contact", T.part(.contact(.init(name: "Ольга К", phone: "+79991234567")), replyTo: "51"), "sendContact",
            #"{"chat_id":7101234567,"phone_number":"+79991234567","first_name":"Ольга К","reply_parameters":{"message_id":51,"allow_sending_without_reply":true}}"#
        ),
        row(
            "a contact without a name", T.part(.contact(.init(name: "", phone: "+79991234567"))), "sendContact",
            #"{"chat_id":7101234567,"phone_number":"+79991234567","first_name":"+79991234567"}"#),
        row(
            "a location",
            T.part(
                .location(.init(latitude: 55.75, longitude: -37.5)),
                keyboard: .init(style: .inline, rows: [[button(.callback)]])), "sendLocation",
            #"{"chat_id":7101234567,"latitude":55.75,"longitude":-37.5,"reply_markup":{"inline_keyboard":[[{"text":"B","callback_data":"B"}]]}}"#
        ),
        row(
            "a place with a name and an address",
            T.part(.location(.init(latitude: 1, longitude: 2, title: "Кафе", address: "Ленина, 1"))), "sendVenue",
            #"{"chat_id":7101234567,"latitude":1.0,"longitude":2.0,"title":"Кафе","address":"Ленина, 1"}"#),
        row(
            "a place with an address alone",
            T.part(.location(.init(latitude: 1, longitude: 2, address: "Ленина, 1"))), "sendVenue",
            #"{"chat_id":7101234567,"latitude":1.0,"longitude":2.0,"title":"Ленина, 1","address":"Ленина, 1"}"#),
    ]

    @Test("a text is exactly this request", arguments: texts)
    func text(_ row: OutgoingRow) async { await T.check(row) }

    @Test("a contact and a place are exactly this request", arguments: others)
    func other(_ row: OutgoingRow) async { await T.check(row) }

    static func refused(_ label: String, _ part: OutgoingPart, _ code: String) -> OutgoingRow {
        OutgoingRow(label, .part(part), [], "refused \(code)")
    }

    static func inline(_ button: Keyboard.Button) -> OutgoingPart {
        T.text("a", keyboard: .init(style: .inline, rows: [[button]]))
    }

    static let refusals: [OutgoingRow] = [
        refused("a chat that is no number", T.text("a", chat: "@olga"), "chat_not_found"),
        refused("an empty chat", T.text("a", chat: ""), "chat_not_found"),
        refused("a template", T.part(.template(.init(name: "t", language: "ru", params: []))), "unsupported"),
        refused("a press", T.part(.callback(.init(id: "1", data: "a"))), "unsupported"),
        refused("a contact without a number", T.part(.contact(.init(name: "O", phone: ""))), "unsupported"),
        refused("65 bytes of data", inline(button(.callback, data: String(repeating: "ё", count: 33))), "too_long"),
        refused("empty data", inline(button(.callback, data: "")), "too_long"),
        refused("a link button without a link", inline(button(.url)), "unsupported"),
        refused("a link button to a telephone", inline(button(.url, url: "tel:+7")), "unsupported"),
        refused("a link to a host without a dot", inline(button(.url, url: "https://intranet:80/a.b")), "unsupported"),
        refused("a text button under a message", inline(button(.text)), "unsupported"),
        refused("a phone button under a message", inline(button(.phone)), "unsupported"),
        refused(
            "a callback in place of the keyboard",
            T.text("a", keyboard: .init(style: .reply, rows: [[button(.callback)]])), "unsupported"),
    ]

    @Test("what Telegram has not is refused with a reason, and asked nowhere", arguments: refusals)
    func refusal(_ row: OutgoingRow) async { await T.check(row) }

    @Test("a poll names the kinds that it wants, and no offset where there is none")
    func poll() {
        let kinds = #"["message","edited_message","callback_query","message_reaction","my_chat_member"]"#
        #expect(
            String(decoding: TelegramOutgoing.poll(from: nil, seconds: 50).json, as: UTF8.self)
                == #"{"limit":100,"timeout":50,"allowed_updates":\#(kinds)}"#)
        #expect(
            String(decoding: TelegramOutgoing.poll(from: 7, seconds: 1).json, as: UTF8.self)
                == #"{"offset":7,"limit":100,"timeout":1,"allowed_updates":\#(kinds)}"#)
    }
}
