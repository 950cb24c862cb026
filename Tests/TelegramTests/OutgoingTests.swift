import Domain
import Testing

@testable import Telegram

@Suite("What goes to Telegram")
struct OutgoingTests {
    static func part(
        _ text: String, _ entities: [TextEntity] = [], chat: String = "7101234567", keyboard: Keyboard? = nil,
        replyTo: String? = nil
    ) -> OutgoingPart {
        OutgoingPart(
            message: MessageID(1), number: 1, chat: chat, content: .text(.init(text: text, entities: entities)),
            keyboard: keyboard, replyTo: replyTo, lane: .live)
    }

    static func button(
        _ kind: Keyboard.Button.Kind, data: String? = nil, url: String? = nil, color: Keyboard.Button.Color? = nil
    )
        -> Keyboard.Button
    { .init(text: "B", kind: kind, data: data, url: url, color: color) }

    static let requests: [Row<OutgoingPart, String>] = [
        Row("a text", part("Привет \"я\"\n"), #"{"chat_id":7101234567,"text":"Привет \"я\"\n"}"#),
        Row(
            "an emoji with joiners", part("👩‍👩‍👧 مرحبا"), #"{"chat_id":7101234567,"text":"👩‍👩‍👧 مرحبا"}"#),
        Row(
            "a chat beyond 2^53", part("a", chat: "9007199254740993"), #"{"chat_id":9007199254740993,"text":"a"}"#),
        Row(
            "all entities that Telegram takes",
            part(
                "😀abcdefg",
                [
                    .init(kind: .bold, offset: 0, length: 2), .init(kind: .italic, offset: 2, length: 1),
                    .init(kind: .underline, offset: 3, length: 1), .init(kind: .strike, offset: 4, length: 1),
                    .init(kind: .code, offset: 5, length: 1), .init(kind: .pre, offset: 6, length: 1),
                    .init(kind: .link, offset: 7, length: 2, url: "https://e.org/?a=1&b=\"2\""),
                ]),
            #"{"chat_id":7101234567,"text":"😀abcdefg","entities":[{"type":"bold","offset":0,"length":2},"#
                + #"{"type":"italic","offset":2,"length":1},{"type":"underline","offset":3,"length":1},"#
                + #"{"type":"strikethrough","offset":4,"length":1},{"type":"code","offset":5,"length":1},"#
                + #"{"type":"pre","offset":6,"length":1},"#
                + #"{"type":"text_link","offset":7,"length":2,"url":"https://e.org/?a=1&b=\"2\""}]}"#),
        Row(
            "entities that Telegram would refuse",
            part(
                "😀a",
                [
                    .init(kind: .bold, offset: 1, length: 2), .init(kind: .bold, offset: 0, length: 4),
                    .init(kind: .bold, offset: -1, length: 1), .init(kind: .bold, offset: 3, length: 1),
                    .init(kind: .bold, offset: 2, length: 0), .init(kind: .bold, offset: .max, length: .max),
                    .init(kind: .mention, offset: 2, length: 1), .init(kind: .link, offset: 2, length: 1),
                    .init(kind: .link, offset: 2, length: 1, url: "tel:+7912"),
                ]), #"{"chat_id":7101234567,"text":"😀a"}"#),
        Row(
            "a reply", part("a", replyTo: "51"),
            #"{"chat_id":7101234567,"text":"a","reply_parameters":{"message_id":51,"allow_sending_without_reply":true}}"#
        ),
        Row("a reply to a press", part("a", replyTo: "callback-305"), #"{"chat_id":7101234567,"text":"a"}"#),
        Row(
            "buttons under the message",
            part(
                "a",
                keyboard: .init(
                    style: .inline,
                    rows: [
                        [button(.callback, data: "q7:1", color: .positive), button(.callback)], [],
                        [button(.url, url: "https://e.org/", color: .secondary)],
                    ])),
            #"{"chat_id":7101234567,"text":"a","reply_markup":{"inline_keyboard":[[{"text":"B","callback_data":"q7:1","style":"success"},"#
                + #"{"text":"B","callback_data":"B"}],[{"text":"B","url":"https://e.org/"}]]}}"#),
        Row(
            "buttons in place of the keyboard",
            part(
                "a",
                keyboard: .init(
                    style: .reply, rows: [[button(.text), button(.phone)], [button(.location)]], oneTime: true,
                    persistent: true)),
            #"{"chat_id":7101234567,"text":"a","reply_markup":{"keyboard":[[{"text":"B"},{"text":"B","request_contact":true}],"#
                + #"[{"text":"B","request_location":true}]],"resize_keyboard":true,"one_time_keyboard":true,"is_persistent":true}}"#
        ),
        Row(
            "the keyboard taken away", part("a", keyboard: .init(style: .remove)),
            #"{"chat_id":7101234567,"text":"a","reply_markup":{"remove_keyboard":true}}"#),
        Row(
            "a keyboard without buttons", part("a", keyboard: .init(style: .inline, rows: [[]])),
            #"{"chat_id":7101234567,"text":"a"}"#),
    ]

    @Test("a part is exactly this request", arguments: requests)
    func request(_ row: Row<OutgoingPart, String>) throws {
        let call = try TelegramOutgoing.call(for: row.given)
        #expect(call.method == "sendMessage")
        #expect(String(decoding: call.body, as: UTF8.self) == row.expected)
    }

    static let refusals: [Row<OutgoingPart, String>] = [
        Row("a chat that is no number", part("a", chat: "@olga"), "chat_not_found"),
        Row("an empty chat", part("a", chat: ""), "chat_not_found"),
        Row("another kind", other(.location(.init(latitude: 1, longitude: 2))), "unsupported"),
        Row("65 bytes of data", inline(button(.callback, data: String(repeating: "ё", count: 33))), "too_long"),
        Row("empty data", inline(button(.callback, data: "")), "too_long"),
        Row("a link button without a link", inline(button(.url)), "unsupported"),
        Row("a link button to a telephone", inline(button(.url, url: "tel:+7")), "unsupported"),
        Row("a text button under a message", inline(button(.text)), "unsupported"),
        Row("a phone button under a message", inline(button(.phone)), "unsupported"),
        Row(
            "a callback in place of the keyboard",
            part("a", keyboard: .init(style: .reply, rows: [[button(.callback)]])), "unsupported"),
    ]

    static func other(_ content: Content) -> OutgoingPart {
        OutgoingPart(message: MessageID(1), number: 1, chat: "5", content: content, lane: .live)
    }

    static func inline(_ button: Keyboard.Button) -> OutgoingPart {
        part("a", keyboard: .init(style: .inline, rows: [[button]]))
    }

    @Test("what Telegram has not is refused with a reason", arguments: refusals)
    func refusal(_ row: Row<OutgoingPart, String>) {
        let error = #expect(throws: TelegramKeyboard.Unsendable.self) { try TelegramOutgoing.call(for: row.given) }
        #expect(error?.reason.code == row.expected)
    }

    @Test("64 bytes of data still go")
    func longestData() throws {
        _ = try TelegramOutgoing.call(for: Self.inline(Self.button(.callback, data: String(repeating: "ё", count: 32))))
    }

    @Test("a poll names the kinds that it wants, and no offset where there is none")
    func poll() {
        let kinds = #"["message","edited_message","callback_query","message_reaction","my_chat_member"]"#
        #expect(
            String(decoding: TelegramOutgoing.poll(from: nil, seconds: 50).body, as: UTF8.self)
                == #"{"limit":100,"timeout":50,"allowed_updates":\#(kinds)}"#)
        #expect(
            String(decoding: TelegramOutgoing.poll(from: 7, seconds: 1).body, as: UTF8.self)
                == #"{"offset":7,"limit":100,"timeout":1,"allowed_updates":\#(kinds)}"#)
    }
}
