import AgentClient
import HTTPFetch
import JSON
import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("Every kind over Telegram, from the customer")
    struct TelegramCame {
        /// What a customer of that id sends.
        typealias Given = @Sendable (Int64) -> CustomerMessage
        typealias Row = CameRow<Given>

        private static func file(
            _ kind: CustomerFile.Kind, _ bytes: [UInt8], name: String? = nil, mime: String? = nil, duration: Int = 0,
            caption: String? = nil, album: String? = nil
        ) -> Given {
            { _ in
                var file = CustomerFile(kind, bytes, name: name, mime: mime)
                file.duration = duration
                return .file(file, caption: caption, album: album)
            }
        }

        static let rows: [Row] = [
            Row(
                "a text",
                { _ in
                    CustomerMessage(
                        "Жирный 👩‍👩‍👧 שלום",
                        entities: .array([
                            .object([
                                JSONMember("type", .string("bold")), JSONMember("offset", .number(0)),
                                JSONMember("length", .number(6)),
                            ])
                        ]))
                },
                #"{"kind":"text","text":{"text":"Жирный 👩‍👩‍👧 שלום","entities":[{"kind":"bold","offset":0,"length":6}]}}"#),
            Row(
                "a photo", file(.photo, samplePNG(64, 48), caption: "Вот 📦"),
                #"{"kind":"image","image":{"caption":"Вот 📦","width":64,"height":48}}"#, bytes: samplePNG(64, 48)),
            Row(
                "a video",
                file(.video, SampleFiles["v.mp4"], name: "v.mp4", mime: "video/mp4", duration: 7, caption: "Клип"),
                #"{"kind":"video","video":{"caption":"Клип","duration":7,"mime":"video/mp4"}}"#,
                bytes: SampleFiles["v.mp4"]),
            Row(
                "a round video", file(.videoNote, SampleFiles["v.mp4"], duration: 3),
                #"{"kind":"video","video":{"duration":3}}"#, bytes: SampleFiles["v.mp4"]),
            Row(
                "an animation", file(.animation, SampleFiles["v.mp4"], mime: "video/mp4"), #"{"kind":"animation"}"#,
                bytes: SampleFiles["v.mp4"]),
            Row(
                "a piece of music", file(.audio, SampleFiles["a.mp3"], name: "песня.mp3", mime: "audio/mpeg"),
                #"{"kind":"audio","audio":{"name":"песня.mp3"}}"#, bytes: SampleFiles["a.mp3"]),
            Row(
                "a voice message", file(.voice, SampleFiles["v.ogg"], duration: 2),
                #"{"kind":"voice","voice":{"duration":2}}"#, bytes: SampleFiles["v.ogg"]),
            Row(
                "a document", file(.document, SampleFiles["d.pdf"], name: "счёт.pdf", mime: "application/pdf"),
                #"{"kind":"document","document":{"name":"счёт.pdf","size":400009}}"#, bytes: SampleFiles["d.pdf"]),
            Row(
                "a sticker", file(.sticker, SampleFiles["s.webp"]), #"{"kind":"sticker"}"#, bytes: SampleFiles["s.webp"]
            ),
            Row(
                "a document that is too large for bots",
                { _ in .file(CustomerFile(.document, zeros: 21 << 20, name: "big.iso")) },
                #"{"kind":"document","document":{"file_state":"failed","size":22020096}}"#),
            Row(
                "somebody's contact", { _ in .contact("+79990001122", firstName: "Пётр", lastName: "К") },
                #"{"kind":"contact","contact":{"name":"Пётр К","phone":"+79990001122"}}"#),
            Row(
                "the own phone", { .contact("79991234567", firstName: "Ольга", user: $0) },
                #"{"kind":"contact","contact":{"phone":"+79991234567","own":true}}"#),
            Row(
                "a place", { _ in .location(55.75, 37.5) },
                #"{"kind":"location","location":{"latitude":55.75,"longitude":37.5}}"#),
            Row(
                "a venue", { _ in .venue(1, 2, title: "Кафе", address: "Ленина, 1") },
                #"{"kind":"location","location":{"title":"Кафе","address":"Ленина, 1"}}"#),
            Row(
                "a live place", { _ in .location(10, 20, live: 900) },
                #"{"kind":"location","location":{"latitude":10,"live":true}}"#),
            Row(
                "a forwarded text", { _ in CustomerMessage("Смотрите").forwarded(from: "Кто-то") },
                #"{"kind":"text","text":{"text":"Смотрите"},"forwarded_from":{"name":"Кто-то"}}"#),
            Row(
                "the first of an album", file(.photo, samplePNG(30, 30), caption: "обе", album: "77"),
                #"{"kind":"image","group":"77","image":{"caption":"обе"}}"#, bytes: samplePNG(30, 30)),
            Row(
                "the second of an album", file(.photo, samplePNG(31, 31), album: "77"),
                #"{"kind":"image","group":"77"}"#, bytes: samplePNG(31, 31)),
            Row(
                "what there is no kind for",
                { _ in CustomerMessage(members: [("dice", Array(#"{"emoji":"🎲","value":4}"#.utf8))]) },
                #"{"kind":"unsupported","unsupported":{"provider_type":"dice"}}"#),
            Row(
                "a text of another type", { _ in CustomerMessage(members: [("text", Array("17".utf8))]) },
                #"{"kind":"unsupported","unsupported":{"provider_type":"text"}}"#),
            Row(
                "a text that no database can store",
                { _ in CustomerMessage(members: [("text", Array(#""a\u0000\ud800b""#.utf8))]) },
                #"{"kind":"unsupported","unsupported":{"provider_type":"text"}}"#),
            Row(
                "numbers beyond 2^53",
                { _ in
                    CustomerMessage(members: [
                        ("text", Array(#""много""#.utf8)), ("edit_date", Array("9007199254740993".utf8)),
                        ("message_thread_id", Array("99999999999999999999999999".utf8)),
                    ])
                }, #"{"kind":"text","text":{"text":"много"}}"#),
            Row(
                "a file that lies about its type, under a name that leads out",
                file(.document, SampleFiles["page.png"], name: "../../page.png", mime: "image/png"),
                #"{"kind":"document","document":{"file_state":"pending","name":"page.png"}}"#,
                bytes: SampleFiles["page.png"]),
            Row(
                "a name of 300 bytes",
                file(.document, SampleFiles["d.pdf"], name: String(repeating: "ж", count: 148) + ".pdf"),
                #"{"kind":"document"}"#, bytes: SampleFiles["d.pdf"]),
        ]

        @Test("each comes as it is, in order, with its file; what changes afterwards comes too")
        func comes() async throws {
            try await World.with(.kinds) { world in
                try await world.withDesk { desk in
                    try await world.withFiles { files in
                        let olga = world.telegram.createCustomer(firstName: "Ольга", username: "olga").id
                        try world.telegram.setPicture(samplePNG(320, 320), of: olga)
                        try world.telegram.write(.start("promo_17"), from: olga)
                        let chat = try await desk.accept(chatOf: olga)
                        var sent: [Int] = []
                        for row in Self.rows {
                            sent.append(try world.telegram.write(row.given(olga), from: olga).messageID)
                        }
                        let came = try await desk.came(Self.rows.count, to: chat)
                        #expect(came.count == Self.rows.count)
                        for (row, message) in zip(Self.rows, came) {
                            let wrong = message.lacks(try JSONValue(parsing: row.shown))
                            #expect(wrong.isEmpty, "\(row.label): \(wrong)")
                            try await Self.expectFile(of: row, message, files)
                        }
                        try await Self.expectPerson(desk, files)
                        try await Self.expectStart(desk, chat)
                        try await Self.change(world, desk, olga, sent, came)
                    }
                    #expect(world.telegram.violations.map(\.detail) == [])
                }
            }
        }

        private static func expectFile(of row: Row, _ message: JSONValue, _ files: FileDoor) async throws {
            guard let bytes = row.bytes, let kind = message["kind"]?.string,
                let id = message[kind]?["file"]?.string
            else { return }
            let got = try await files.get(id)
            #expect(got.status == 200 && got.body == bytes, "\(row.label): \(got.status), \(got.body.count) bytes")
            #expect(got.headers["X-Content-Type-Options"] == "nosniff", "\(row.label)")
            let disposition = got.headers["Content-Disposition"] ?? ""
            #expect(!disposition.contains("../") && !disposition.contains("%2F"), "\(row.label): \(disposition)")
            if bytes == SampleFiles["page.png"] {
                #expect(got.headers["Content-Type"] == "text/html; charset=utf-8")
                #expect(disposition.hasPrefix("attachment"))
            }
        }

        /// The phone, and the picture.
        private static func expectPerson(_ desk: Desk, _ files: FileDoor) async throws {
            _ = try await desk.event("customer.updated") { $0.data["phone"]?.string == "+79991234567" }
            let avatar = try await desk.event("customer.updated") { $0.data["avatar"]?.string != nil }
            let picture = try await files.get(avatar.data["avatar"]?.string ?? "")
            #expect(picture.status == 200 && picture.body == samplePNG(320, 320))
        }

        private static func expectStart(_ desk: Desk, _ chat: String) async throws {
            let page = try await desk.request("messages.list", ["interaction": .string(chat)])
            let first = page["items"]?.array?.first { $0["start_payload"] != nil }
            #expect(first?["start_payload"]?.string == "promo_17" && first?["kind"]?.string == "text")
        }

        /// Edits, a live place that moves and ends, an answer, reactions, a press and its answer, blocking.
        private static func change(
            _ world: World, _ desk: Desk, _ olga: Int64, _ sent: [Int], _ came: [JSONValue]
        ) async throws {
            func place(_ label: String) throws -> Int { try #require(rows.firstIndex { $0.label == label }) }
            func edited(_ label: String, _ expected: String) async throws {
                let message = came[try place(label)]["id"]?.string
                let part = try JSONValue(parsing: expected)
                _ = try await desk.event("message.edited") {
                    $0.data["id"]?.string == message && $0.data["edited_at"]?.string != nil
                        && $0.data.lacks(part).isEmpty
                }
            }
            try world.telegram.edit(sent[try place("a text")], to: CustomerMessage("Тонкий"), from: olga)
            try await edited("a text", #"{"kind":"text","text":{"text":"Тонкий"}}"#)
            var caption = CustomerMessage()
            caption.members = [("caption", Array(#""Другая""#.utf8))]
            try world.telegram.edit(sent[try place("a photo")], to: caption, from: olga)
            try await edited("a photo", #"{"kind":"image","image":{"caption":"Другая","file_state":"ready"}}"#)
            let live = try place("a live place")
            try world.telegram.edit(sent[live], to: .location(11, 21, live: 900), from: olga)
            try await edited("a live place", #"{"location":{"latitude":11,"live":true}}"#)
            try world.telegram.edit(sent[live], to: .location(12, 22), from: olga)
            try await edited("a live place", #"{"location":{"latitude":12,"live":false}}"#)

            let chat = try #require(came[0]["interaction"]?.string)
            let keyboard = #"{"keyboard":{"type":"inline","rows":[[{"text":"Да","kind":"callback","data":"q:1"}]]}}"#
            let asked = try await desk.send(
                WentRow("a question", "text", #"{"text":"Верно? Ответьте"}"#, more: keyboard), as: "q", files: [:],
                to: chat)
            let number = try await external(desk, asked)
            try world.telegram.write(CustomerMessage("Верно", replyTo: number).quoting("Верно?"), from: olga)
            let reply = try await desk.came(rows.count + 1, to: chat)[rows.count]
            #expect(reply["reply_to"]?["id"]?.string == asked && reply["reply_to"]?["preview"]?.string == "Верно?")

            try world.telegram.react(["👍", "🔥"], to: number, by: olga)
            _ = try await desk.event("message.reaction") {
                $0.data["message"]?.string == asked && $0.data["emojis"]?.array?.count == 2
            }
            try world.telegram.react([], to: number, by: olga)
            _ = try await desk.event("message.reaction") { $0.data["emojis"]?.array?.isEmpty == true }

            let query = try world.telegram.press(data: "q:1", on: number, by: olga)
            let press = try await desk.event("callback.received")
            #expect(press.data["data"]?.string == "q:1" && press.data["message"]?.string == asked)
            let callback = try #require(press.data["callback"]?.string)
            _ = try await desk.request(
                "callback.answer", ["callback": .string(callback), "text": .string("Спасибо"), "alert": .bool(true)])
            try await eventually("Telegram has the answer to the press") {
                try world.telegram.callbackAnswers().isEmpty ? nil : true
            }
            #expect(
                try world.telegram.callbackAnswers() == [.init(query: query, text: "Спасибо", isAlert: true)])
        }

        /// The number under which Telegram has the message.
        private static func external(_ desk: Desk, _ message: String) async throws -> Int {
            let status = try await desk.reached(message, ["sent"])
            return try #require(status["parts"]?.array?.first?["external_id"]?.string.flatMap { Int($0) })
        }
    }
}

extension World.Options {
    /// One connector, without the rates.
    static var kinds: World.Options {
        var options = World.Options.free()
        options.connectors = 1
        return options
    }
}
