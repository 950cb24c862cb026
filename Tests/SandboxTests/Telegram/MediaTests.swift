import JSON
import NIOHTTP1
import Sandbox
import TestSupport
import Testing

@Suite("Files in the simulated Telegram")
struct MediaTests {
    static let picture = samplePNG(40, 30)

    /// One part of a form; with a file name it is a file.
    struct Part: Sendable {
        var name: String
        var filename: String?
        var type = "application/octet-stream"
        var content: [UInt8]

        init(_ name: String, _ text: String) { (self.name, content) = (name, Array(text.utf8)) }

        init(_ name: String, file: String, type: String = "application/octet-stream", _ content: [UInt8]) {
            (self.name, filename, self.type, self.content) = (name, file, type, content)
        }
    }

    static func ask(_ fixture: TelegramFixture, _ method: String, _ parts: [Part]) async throws -> JSONValue {
        var body: [UInt8] = []
        for part in parts {
            let file = part.filename.map { #"; filename="\#($0)""# } ?? ""
            body += "--XX\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n".utf8
            if part.filename != nil { body += "Content-Type: \(part.type)\r\n".utf8 }
            body += "\r\n".utf8
            body += part.content
            body += "\r\n".utf8
        }
        body += "--XX--\r\n".utf8
        return try await HTTPConnection.with(port: fixture.telegram.port) { connection in
            let answer = try await connection.ask(
                .POST, "/bot\(fixture.bot.token)/\(method)", type: "multipart/form-data; boundary=XX", body: body)
            return try JSONValue(parsing: answer.body)
        }
    }

    static let chat = Part("chat_id", "7101234567")

    @Test("a form's file is kept byte for byte under its own name, boundaries and line ends in it included")
    func upload() async throws {
        let bytes: [UInt8] = Array("\r\n--XY\r\n\r\n--X".utf8) + [0, 255, 13, 10]
        try await TelegramFixture.with { fixture in
            let answer = try await Self.ask(
                fixture, "sendDocument",
                [Self.chat, Part("document", file: "a; b=%22ё%22.bin", bytes), Part("caption", " Вот 😀 ")])
            let document = answer["result"]?["document"]
            #expect(document?["file_name"]?.string == #"a; b="ё".bin"#)
            #expect(document?["file_size"]?.int64 == Int64(bytes.count))
            #expect(answer["result"]?["caption"]?.string == "Вот 😀")
            #expect(fixture.telegram.bytes(of: document?["file_id"]?.string ?? "") == bytes)
            #expect(fixture.telegram.violations.isEmpty)
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var method: String
        var parts: [Part]
        var sentence: String
        var testDescription: String { sentence }
    }

    static func photo(_ content: [UInt8]) -> Part { Part("photo", file: "p.png", type: "image/png", content) }

    static let refusals: [Refusal] = [
        Refusal(method: "sendPhoto", parts: [chat], sentence: "there is no photo in the request"),
        Refusal(method: "sendVideoNote", parts: [chat], sentence: "there is no video note in the request"),
        Refusal(method: "sendPhoto", parts: [chat, photo([])], sentence: "file must be non-empty"),
        Refusal(method: "sendPhoto", parts: [chat, photo(Array("text".utf8))], sentence: "IMAGE_PROCESS_FAILED"),
        Refusal(
            method: "sendPhoto", parts: [chat, photo(samplePNG(9000, 1001))], sentence: "PHOTO_INVALID_DIMENSIONS"),
        Refusal(method: "sendPhoto", parts: [chat, photo(samplePNG(2100, 100))], sentence: "PHOTO_INVALID_DIMENSIONS"),
        Refusal(
            method: "sendPhoto", parts: [chat, photo(picture), Part("caption", String(repeating: "x", count: 1025))],
            sentence: "message caption is too long"),
        Refusal(
            method: "sendPhoto", parts: [chat, Part("photo", "AgACnonsense")],
            sentence: "wrong file identifier/HTTP URL specified"),
        Refusal(
            method: "sendPhoto", parts: [chat, Part("photo", "attach://x")],
            sentence: "wrong file identifier/HTTP URL specified"),
        Refusal(
            method: "sendContact", parts: [chat, Part("phone_number", "1")],
            sentence: #"parameter "first_name" is required"#),
        Refusal(method: "sendLocation", parts: [chat, Part("latitude", "1")], sentence: "longitude is empty"),
        Refusal(
            method: "sendVenue", parts: [chat, Part("latitude", "1"), Part("longitude", "1"), Part("title", "a")],
            sentence: #"parameter "address" is required"#),
        Refusal(
            method: "sendMediaGroup", parts: [chat, Part("media", "[]")], sentence: "there are no messages to send"),
        Refusal(
            method: "sendMediaGroup",
            parts: [
                chat,
                Part(
                    "media", "[\(Array(repeating: #"{"type":"photo","media":"a"}"#, count: 11).joined(separator: ","))]"
                ),
            ],
            sentence: "too many messages to send as an album"),
        Refusal(
            method: "sendMediaGroup",
            parts: [chat, Part("media", #"[{"type":"photo","media":"a"},{"type":"document","media":"b"}]"#)],
            sentence: "document can't be mixed with other media types"),
        Refusal(
            method: "sendMediaGroup",
            parts: [
                chat, Part("media", #"[{"type":"photo","media":"attach://a"},{"type":"photo","media":"attach://b"}]"#),
                Part("a", file: "a.png", type: "image/png", picture), Part("b", file: "b.png", type: "image/png", [1]),
            ],
            sentence: #"failed to send message #2 with the error message "IMAGE_PROCESS_FAILED""#),
        Refusal(
            method: "sendMediaGroup", parts: [chat, Part("media", #"[{"type":"photo","media":5,"caption":true}]"#)],
            sentence: #"can't parse InputMedia: Field "caption" must be of type String"#),
        Refusal(method: "getFile", parts: [Part("file_id", "x")], sentence: "invalid file_id"),
        Refusal(
            method: "forwardMessage", parts: [chat, Part("from_chat_id", "7101234567"), Part("message_id", "9")],
            sentence: "message to forward not found"),
        Refusal(
            method: "copyMessage", parts: [chat, Part("from_chat_id", "5"), Part("message_id", "9")],
            sentence: "chat not found"),
        Refusal(
            method: "editMessageCaption", parts: [chat, Part("message_id", "9"), Part("caption", "a")],
            sentence: "message to edit not found"),
    ]

    @Test("what Telegram refuses is refused in its words", arguments: refusals)
    func refusal(_ row: Refusal) async throws {
        try await TelegramFixture.with { fixture in
            let answer = try await Self.ask(fixture, row.method, row.parts)
            #expect(answer["description"]?.string == "Bad Request: \(row.sentence)")
            #expect(try fixture.telegram.sent(to: fixture.olga).isEmpty)
        }
    }

    static let violations: [(String, [Part], SimulatedViolation.Kind)] = [
        ("sendPhoto", [chat, photo(picture), Part("captoin", "a")], .unknownParameter),
        ("sendPhoto", [chat, photo(picture), Part("extra", file: "x", [1])], .unknownParameter),
        (
            "sendSticker", [chat, Part("sticker", file: "s.tgs", [0x1F, 0x8B]), Part("caption", "a")], .unknownParameter
        ),
        ("sendMediaGroup", [chat, Part("media", #"[{"type":"photo","media":"x","capt":"a"}]"#)], .unknownParameter),
        ("sendMediaGroup", [chat, Part("media", #"[{"type":"photo","media":"attach://x"}]"#)], .badAttachment),
        ("sendVideo", [chat, Part("video", file: "v.mp4", [1]), Part("duration", "long")], .wrongType),
        ("sendVideo", [chat, Part("video", file: "v.mp4", [1]), Part("supports_streaming", "1")], .wrongType),
        ("sendLocation", [chat, Part("latitude", "north"), Part("longitude", "1")], .wrongType),
        ("sendDocument", [Part("chat_id", "olga"), Part("document", file: "v", [1])], .wrongType),
        (
            "sendMessage", [chat, Part("text", "a"), Part("reply_markup", #"{"keyboard":[["",{"text":"b"}]]}"#)],
            .lostButtons
        ),
        (
            "sendMessage",
            [
                chat, Part("text", "a"),
                Part(
                    "reply_markup",
                    #"{"inline_keyboard":[[\#(Array(repeating: #"{"text":"b","callback_data":"c"}"#, count: 13).joined(separator: ","))]]}"#
                ),
            ],
            .lostButtons
        ),
    ]

    @Test("what Telegram passes over in silence is a violation", arguments: violations)
    func violation(_ method: String, _ parts: [Part], _ kind: SimulatedViolation.Kind) async throws {
        try await TelegramFixture.with { fixture in
            _ = try await Self.ask(fixture, method, parts)
            #expect(fixture.telegram.violations.map(\.kind).contains(kind))
        }
    }

    @Test("an id is good for its own kind and its own bot only")
    func references() async throws {
        try await TelegramFixture.with { fixture in
            let sent = try await Self.ask(fixture, "sendPhoto", [Self.chat, Self.photo(Self.picture)])
            let id = try #require(sent["result"]?["photo"]?.array?.last?["file_id"]?.string)
            let olga = "\(fixture.olga)"
            let again = try await fixture.call("sendPhoto", [("chat_id", olga), ("photo", id)])
            #expect(again.status == 200)
            let other = try await fixture.call("sendDocument", [("chat_id", olga), ("document", id)])
            #expect(other.description == "Bad Request: can't use file of type Photo as Document")
            let stranger = try fixture.telegram.createBot(token: "5000000002:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB")
            try fixture.telegram.openChat(with: fixture.olga, bot: stranger.id)
            let foreign = try await fixture.telegram.call(
                "sendPhoto", [("chat_id", olga), ("photo", id)], token: stranger.token)
            #expect(foreign.description == "Bad Request: wrong file identifier/HTTP URL specified")
        }
    }

    @Test("a path leads to its file for an hour, for its own bot, and up to 20 MiB")
    func download() async throws {
        try await TelegramFixture.with { fixture in
            let telegram = fixture.telegram
            func id(_ file: CustomerFile) async throws -> String {
                try telegram.write(.file(file), from: fixture.olga)
                let updates = try await fixture.call("getUpdates", [("offset", "-1")])
                return try #require(updates.result?.array?.last?["message"]?["document"]?["file_id"]?.string)
            }
            let small = try await id(CustomerFile(.document, [1, 2, 3], name: "счёт.pdf"))
            let path = try #require(
                try await fixture.call("getFile", [("file_id", small)]).result?["file_path"]?.string)
            try await HTTPConnection.with(port: telegram.port) { connection in
                let url = "/file/bot\(fixture.bot.token)/\(path)"
                let found = try await connection.get(url)
                #expect(found.body == [1, 2, 3])
                #expect(try await connection.get("/file/bot1:nobody/\(path)").status == 404)
                telegram.expireFilePaths()
                #expect(try await connection.get(url).status == 404)
            }
            for (size, sentence) in [(20 << 20, nil), (20 << 20 + 1, "Bad Request: file is too big")] {
                let large = try await id(CustomerFile(.document, zeros: size))
                #expect(try await fixture.call("getFile", [("file_id", large)]).description == sentence)
            }
        }
    }

    @Test("a caption is edited where there can be one, a text where there is one")
    func captions() async throws {
        try await TelegramFixture.with { fixture in
            try await fixture.send("text")
            _ = try await Self.ask(fixture, "sendPhoto", [Self.chat, Self.photo(Self.picture), Part("caption", "old")])
            func edit(_ method: String, _ id: String, _ more: [(String, String)]) async throws -> TelegramAnswer {
                try await fixture.call(method, [("chat_id", "\(fixture.olga)"), ("message_id", id)] + more)
            }
            #expect(try await edit("editMessageCaption", "2", [("caption", "new")]).result?["caption"]?.string == "new")
            let same = try await edit("editMessageCaption", "2", [("caption", "new")])
            #expect(same.description?.hasPrefix("Bad Request: message is not modified") == true)
            #expect(try await edit("editMessageCaption", "2", []).result?["caption"] == nil)
            #expect(
                try await edit("editMessageCaption", "1", [("caption", "x")]).description
                    == "Bad Request: there is no caption in the message to edit")
            #expect(
                try await edit("editMessageText", "2", [("text", "x")]).description
                    == "Bad Request: there is no text in the message to edit")
        }
    }

    @Test("what is protected is not forwarded, and a press is answered once")
    func protected() async throws {
        try await TelegramFixture.with { fixture in
            let markup = #"{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}"#
            try await fixture.send("x", [("protect_content", "true"), ("reply_markup", markup)])
            let olga = "\(fixture.olga)"
            let forward = try await fixture.call(
                "forwardMessage", [("chat_id", olga), ("from_chat_id", olga), ("message_id", "1")])
            #expect(forward.description == "Bad Request: message has protected content and can't be forwarded")
            let query = try fixture.telegram.press(data: "a", on: 1, by: fixture.olga)
            let parameters = [("callback_query_id", query), ("text", "ok"), ("show_alert", "true")]
            #expect(try await fixture.call("answerCallbackQuery", parameters).status == 200)
            #expect(try await fixture.call("answerCallbackQuery", parameters).status == 400)
            #expect(try fixture.telegram.callbackAnswers() == [.init(query: query, text: "ok", isAlert: true)])
        }
    }

    @Test("an album counts as its messages")
    func albumRate() async throws {
        var configuration = SimulatedTelegram.Configuration()
        configuration.clock = { 1_790_000_000 }
        try await TelegramFixture.with(configuration: configuration) { fixture in
            let sent = try await Self.ask(fixture, "sendPhoto", [Self.chat, Self.photo(Self.picture)])
            let id = try #require(sent["result"]?["photo"]?.array?.last?["file_id"]?.string)
            let item = #"{"type":"photo","media":"\#(id)"}"#
            let parameters = [("chat_id", "\(fixture.olga)"), ("media", "[\(item),\(item),\(item)]")]
            #expect(try await fixture.call("sendMediaGroup", parameters).result?.array?.count == 3)
            #expect(try await fixture.call("sendMediaGroup", parameters).status == 429)
        }
    }
}
