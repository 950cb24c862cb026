import JSON
import Sandbox
import Testing

@Suite("The simulated sendMessage")
struct SendMessageTests {
    struct Refusal: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var parameters: [(String, String)]
        var answer: String

        init(_ label: String, _ parameters: [(String, String)], _ answer: String) {
            testDescription = label
            self.parameters = parameters
            self.answer = answer
        }
    }

    static let olga = ("chat_id", "7101234567")

    static func entities(_ label: String, _ text: String, _ json: String, _ answer: String) -> Refusal {
        Refusal(label, [olga, ("text", text), ("entities", json)], answer)
    }

    static func markup(_ label: String, _ json: String, _ answer: String) -> Refusal {
        Refusal(label, [olga, ("text", "x"), ("reply_markup", json)], answer)
    }

    static let refusals: [Refusal] = [
        Refusal("no text", [("chat_id", "0")], "message text is empty"),
        Refusal("no chat", [("text", "x")], "chat_id is empty"),
        Refusal("a chat of nobody", [("text", "x"), ("chat_id", "123")], "chat not found"),
        Refusal("a chat id that is no number", [("text", "x"), ("chat_id", "olga")], "chat not found"),
        Refusal("spaces only", [olga, ("text", " \n\t ")], "text must be non-empty"),
        Refusal("a zero width space only", [olga, ("text", " \n\u{200B} ")], "text must be non-empty"),
        Refusal("4097 letters", [olga, ("text", String(repeating: "x", count: 4097))], "message is too long"),
        Refusal(
            "more bytes than are read", [olga, ("text", String(repeating: "x", count: 32_769))], "text is too long"),
        Refusal("a made-up parse mode", [olga, ("text", "x"), ("parse_mode", "null")], "unsupported parse_mode"),
        Refusal("a thread", [olga, ("text", "x"), ("message_thread_id", "9")], "message thread not found"),
        entities(
            "an entity that begins behind the end", "hello", #"[{"type":"bold","offset":100,"length":1}]"#,
            "entity begins after the end of the text at UTF-16 offset 100"),
        entities(
            "an entity that ends behind the end", "hello", #"[{"type":"bold","offset":0,"length":100}]"#,
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100"),
        entities(
            "an entity that ends inside a pair", "a😀b", #"[{"type":"bold","offset":0,"length":2}]"#,
            "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 5"),
        entities(
            "a negative offset", "hello", #"[{"type":"bold","offset":-1,"length":1}]"#,
            "receive an entity with incorrect offset -1"),
        entities(
            "an unknown kind", "hello", #"[{"type":"sparkle","offset":0,"length":1}]"#,
            "can't parse MessageEntity: Unsupported type specified"),
        entities(
            "a link without address", "link", #"[{"type":"text_link","offset":0,"length":4}]"#,
            #"can't parse MessageEntity: Can't find field "url""#),
        entities(
            "a link to no host", "click", #"[{"type":"text_link","offset":0,"length":5,"url":"not-a-url"}]"#,
            "entity URL 'not-a-url' is invalid: Wrong HTTP URL"),
        Refusal(
            "a reply to nothing", [olga, ("text", "x"), ("reply_parameters", #"{"message_id":999}"#)],
            "message to be replied not found"),
        Refusal(
            "reply parameters without an id", [olga, ("text", "x"), ("reply_parameters", #"{"quote":"y"}"#)],
            #"can't find field "message_id""#),
        markup("a markup that is null", "null", "object expected as reply markup"),
        markup("a markup that is no JSON", "{", "can't parse reply keyboard markup JSON object"),
        markup(
            "a flag that is no flag", #"{"force_reply":"yes"}"#, #"field "force_reply" must be of type Boolean"#),
        markup(
            "a keyboard that is no list", #"{"inline_keyboard":"bad"}"#,
            #"field "inline_keyboard" must be of type Array"#),
        markup(
            "an inline button that does nothing", #"{"inline_keyboard":[[{"text":"A"}]]}"#,
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        markup(
            "an inline button without text", #"{"inline_keyboard":[[{"callback_data":"x"}]]}"#,
            #"can't parse inline keyboard button: Can't find field "text""#),
        markup(
            "65 bytes of callback data",
            #"{"inline_keyboard":[[{"text":"A","callback_data":"\#(String(repeating: "я", count: 32))x"}]]}"#,
            "BUTTON_DATA_INVALID"),
        markup(
            "a button to a wrong protocol", #"{"inline_keyboard":[[{"text":"A","url":"ftp://example.com"}]]}"#,
            "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol"),
        markup(
            "a keyboard button whose text is a list", #"{"keyboard":[[{"text":[]}]]}"#,
            #"can't parse keyboard button: Field "text" must be of type String"#),
        Refusal(
            "a preview option that is no flag",
            [olga, ("text", "x"), ("link_preview_options", #"{"is_disabled":"yes"}"#)],
            #"field "is_disabled" must be of type Boolean"#),
    ]

    @Test("a wrong request gets Telegram's own sentence", arguments: refusals)
    func refused(_ refusal: Refusal) async throws {
        try await TelegramFixture.with { fixture in
            let answer = try await fixture.call("sendMessage", refusal.parameters)
            #expect(answer.status == 400)
            #expect(answer.description == "Bad Request: \(refusal.answer)")
            #expect(answer.json?["ok"]?.bool == false)
            #expect(answer.json?["error_code"]?.int64 == 400)
            #expect(try fixture.telegram.sent(to: fixture.olga).isEmpty)
        }
    }

    @Test("the answer shows the message as it was kept")
    func answer() async throws {
        try await TelegramFixture.with { fixture in
            let asked = try fixture.telegram.write("where is my parcel?", from: fixture.olga)
            let answer = try await fixture.send(
                "\r\n  Hello,\u{7} Olga! 😀 Choose:  ",
                [
                    ("entities", #"[{"type":"bold","offset":4,"length":5},{"type":"url","offset":0,"length":3}]"#),
                    ("reply_parameters", #"{"message_id":\#(asked.messageID)}"#),
                    ("reply_markup", #"{"inline_keyboard":[[{"text":"Yes","callback_data":"q7:1"}]]}"#),
                ])
            #expect(answer.status == 200)
            let message = try #require(answer.result)
            #expect(message["text"]?.string == "Hello,  Olga! 😀 Choose:")
            #expect(message["message_id"]?.int64 == 2)
            #expect(message["from"]?["is_bot"]?.bool == true)
            #expect(message["chat"]?["id"]?.int64 == fixture.olga)
            #expect(message["reply_to_message"]?["text"]?.string == "where is my parcel?")
            #expect(message["reply_markup"]?["inline_keyboard"]?[0]?[0]?["callback_data"]?.string == "q7:1")
            #expect(message["entities"]?.array?.count == 1)
            #expect(message["entities"]?[0]?["offset"]?.int64 == 0)
            #expect(message["entities"]?[0]?["length"]?.int64 == 5)
            let seen = try fixture.telegram.sent(to: fixture.olga)
            #expect(seen.map(\.text) == ["Hello,  Olga! 😀 Choose:"])
            #expect(seen.first?.replyTo == asked.messageID)
        }
    }

    @Test("4096 letters with spaces around them are not too long, and neither are 4096 emoji")
    func longest() async throws {
        try await TelegramFixture.with { fixture in
            for text in ["  " + String(repeating: "я", count: 4096) + "\n", String(repeating: "😀", count: 4096)] {
                let answer = try await fixture.send(text)
                #expect(answer.status == 200)
            }
        }
    }

    @Test("a reply to a message that is gone passes where it is optional")
    func optionalReply() async throws {
        try await TelegramFixture.with { fixture in
            let parameters = #"{"message_id":999,"allow_sending_without_reply":true}"#
            let answer = try await fixture.send("x", [("reply_parameters", parameters)])
            #expect(answer.status == 200)
            #expect(answer.result?["reply_to_message"] == nil)
        }
    }

    @Test("what Telegram lets pass in silence is put on record")
    func violations() async throws {
        try await TelegramFixture.with { fixture in
            #expect(try await fixture.send("x", [("reply_too", "5")]).status == 200)
            #expect(try await fixture.send("x", [("parse_mode", "none"), ("text", "y")]).status == 200)
            _ = try await fixture.send("x", [("entities", #"[{"type":"bold","offset":9,"length":9}]"#)])
            #expect(try fixture.count(.unknownParameter) == 1)
            #expect(try fixture.count(.repeatedParameter) == 1)
            #expect(try fixture.count(.badRequest) == 1)
            #expect(fixture.telegram.violations.first?.detail == "reply_too")
        }
    }

    @Test("a customer who blocked the bot gets nothing, and the bot is told")
    func blocked() async throws {
        try await TelegramFixture.with { fixture in
            try fixture.telegram.setBlocked(true, by: fixture.olga)
            let answer = try await fixture.send("x")
            #expect(answer.status == 403)
            #expect(answer.description == "Forbidden: bot was blocked by the user")
            let update = try await fixture.call("getUpdates").result?[0]?["my_chat_member"]
            #expect(update?["new_chat_member"]?["status"]?.string == "kicked")
            #expect(update?["new_chat_member"]?["until_date"]?.int64 == 0)
            try fixture.telegram.setBlocked(false, by: fixture.olga)
            #expect(try await fixture.send("x").status == 200)
        }
    }
}
