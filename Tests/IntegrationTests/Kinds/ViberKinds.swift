import AgentClient
import Domain
import HTTPFetch
import JSON
import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("Every kind over Viber")
    struct ViberKinds {
        /// The members of a message, as Viber delivers them; `<name>` in them stands for the link to the sample file of that name.
        typealias Row = CameRow<String>

        static let came: [Row] = [
            Row(
                "a text", #"{"type":"text","text":"Где заказ? 👩‍👩‍👧 שלום"}"#,
                #"{"kind":"text","text":{"text":"Где заказ? 👩‍👩‍👧 שלום"}}"#),
            Row(
                "a picture", #"{"type":"picture","media":"<p.png>","text":"Вот","thumbnail":"<q.png>"}"#,
                #"{"kind":"image","image":{"caption":"Вот"}}"#, bytes: SampleFiles["p.png"]),
            Row(
                "a video", #"{"type":"video","media":"<v.mp4>","duration":7,"size":3008}"#,
                #"{"kind":"video","video":{"duration":7}}"#, bytes: SampleFiles["v.mp4"]),
            Row(
                "a file", #"{"type":"file","media":"<d.pdf>","file_name":"счёт.pdf","file_size":400009}"#,
                #"{"kind":"document","document":{"name":"счёт.pdf","size":400009}}"#, bytes: SampleFiles["d.pdf"]),
            Row(
                "a sticker", #"{"type":"sticker","sticker_id":40133}"#,
                #"{"kind":"sticker","sticker":{"name":"viber-sticker-40133","file_state":"failed"}}"#),
            Row(
                "a contact", #"{"type":"contact","contact":{"name":"Пётр","phone_number":"79990001122"}}"#,
                #"{"kind":"contact","contact":{"name":"Пётр","phone":"+79990001122"}}"#),
            Row(
                "a place", #"{"type":"location","location":{"lat":55.7522,"lon":37.6156}}"#,
                #"{"kind":"location","location":{"latitude":55.7522,"longitude":37.6156}}"#),
            Row(
                "a link", #"{"type":"url","media":"https://shop.example/17"}"#,
                #"{"kind":"text","text":{"text":"https://shop.example/17"}}"#),
            Row(
                "a kind of tomorrow", #"{"type":"poll","q":"?"}"#,
                #"{"kind":"unsupported","unsupported":{"provider_type":"poll"}}"#),
            Row(
                "a text of another type", #"{"type":"text","text":17}"#,
                #"{"kind":"unsupported","unsupported":{"provider_type":"text"}}"#),
            Row(
                "a text that no database can store", #"{"type":"text","text":"a\u0000\ud800b"}"#,
                #"{"kind":"unsupported","unsupported":{"provider_type":"text"}}"#),
            Row(
                "numbers beyond 2^53", #"{"type":"text","text":"много","x":9007199254740993,"y":99999999999999999999}"#,
                #"{"kind":"text","text":{"text":"много"}}"#),
            Row(
                "a page that calls itself a picture, under a name that leads out",
                #"{"type":"file","media":"<page.png>","file_name":"../../page.png","size":40}"#,
                #"{"kind":"document","document":{"name":"page.png"}}"#, bytes: SampleFiles["page.png"]),
            Row(
                "a name of 300 bytes",
                #"{"type":"file","media":"<d.pdf>","file_name":"\#(String(repeating: "ж", count: 148)).pdf"}"#,
                #"{"kind":"document"}"#, bytes: SampleFiles["d.pdf"]),
        ]

        @Test("from the customer, each comes as it is, with its file; comings and goings too")
        func comes() async throws {
            try await ViberSite.with { site, desk in
                let avatar = site.viber.host(samplePNG(50, 50), named: "a.png", mime: "image/png")
                let user = site.viber.createUser(name: "Анна", avatar: avatar)
                try site.viber.openChat(user.id, context: "from-site")
                let chat = try await site.open(desk, user, "Здравствуйте")
                let links = SampleFiles.all.mapValues { site.viber.host($0, named: "f", mime: "image/jpeg") }
                for row in Self.came {
                    let message = links.reduce(row.given) { $0.replacing("<\($1.key)>", with: $1.value) }
                    try site.viber.write(Self.members(message), from: user.id)
                }
                let came = try await desk.came(Self.came.count, to: chat)
                #expect(came.count == Self.came.count)
                for (row, message) in zip(Self.came, came) {
                    let wrong = message.lacks(try JSONValue(parsing: row.shown))
                    #expect(wrong.isEmpty, "\(row.label): \(wrong)")
                    guard let bytes = row.bytes else { continue }
                    let kind = message["kind"]?.string ?? ""
                    let got = try await site.file(message[kind]?["file"]?.string ?? "")
                    #expect(got.status == 200 && got.body == bytes, "\(row.label): \(got.status)")
                    let disposition = got.headers["Content-Disposition"] ?? ""
                    #expect(!disposition.contains("../") && !disposition.contains("%2F"), "\(row.label)")
                    if bytes == SampleFiles["page.png"] { #expect(disposition.hasPrefix("attachment")) }
                }
                // It was known before the agent had the chat.
                let picture = try await eventually("the customer has a picture") {
                    try await desk.request("interaction.get", ["interaction": .string(chat)])["customer"]?["avatar"]?
                        .string
                }
                #expect(try await site.file(picture).body == samplePNG(50, 50))
                try site.viber.unsubscribe(user.id)
                _ = try await desk.event("customer.updated") { $0.data["blocked"]?.bool == true }
                try site.viber.subscribe(user.id)
                _ = try await desk.event("customer.updated") { $0.data["blocked"]?.bool == false }
                #expect(site.viber.violations.isEmpty, "\(site.viber.violations)")
            }
        }

        private static func members(_ message: String) throws -> [(String, [UInt8])] {
            let bytes = Array(message.utf8)
            return try JSONSplitter.members(of: bytes).map { ($0.name, Array(bytes[$0.value])) }
        }

        static let went: [WentRow] = [
            WentRow("a text", "text", #"{"text":"Ваш заказ 🚚 שלום"}"#, #"{"type":"text","text":"Ваш заказ 🚚 שלום"}"#),
            WentRow(
                "a link", "text",
                #"{"text":"https://e.org/1","entities":[{"kind":"link","offset":0,"length":15,"url":"https://e.org/1"}]}"#,
                #"{"type":"url","media":"https://e.org/1"}"#),
            WentRow(
                "a picture", "image", #"{"file":"<p.png>","caption":"Вот 📦"}"#, file: "p.png",
                #"{"type":"picture","text":"Вот 📦"}"#),
            WentRow(
                "a video", "video", #"{"file":"<v.mp4>","duration":7}"#, file: "v.mp4",
                #"{"type":"video","size":3012,"duration":7}"#),
            WentRow(
                "a document", "document", #"{"file":"<d.pdf>"}"#, file: "d.pdf",
                #"{"type":"file","file_name":"d.pdf","size":400009}"#),
            WentRow(
                "Viber's own sticker", "sticker", #"{"file":"<viber-sticker-40133.png>"}"#,
                #"{"type":"sticker","sticker_id":40133}"#),
            WentRow("another sticker", "sticker", #"{"file":"<q.png>"}"#, file: "q.png", #"{"type":"picture"}"#),
            WentRow(
                "a contact", "contact", #"{"name":"Пётр","phone":"+79990001122"}"#,
                #"{"type":"contact","contact":{"name":"Пётр","phone_number":"+79990001122"}}"#),
            WentRow(
                "a place", "location", #"{"latitude":55.75,"longitude":37.5}"#,
                #"{"type":"location","location":{"lat":55.75,"lon":37.5}}"#),
            WentRow(
                "buttons in the feed", "text", #"{"text":"Выберите"}"#,
                more: #"{"keyboard":{"type":"inline","rows":[[{"text":"Да","kind":"callback","data":"feed:1"}]]}}"#,
                #"{"type":"rich_media","alt_text":"Выберите","min_api_version":7}"#),
            WentRow(
                "buttons in place of the keyboard", "text", #"{"text":"?"}"#,
                more: #"{"keyboard":{"type":"reply","rows":[[{"text":"Место","kind":"location"}]]}}"#,
                #"{"type":"text","min_api_version":3,"keyboard":{"Buttons":[{"ActionType":"location-picker"}]}}"#),
            WentRow(
                "in fallback: audio", "audio", #"{"file":"<a.mp3>","caption":"Гимн"}"#, more: #"{"adapt":"fallback"}"#,
                file: "a.mp3", #"{"type":"file","file_name":"a.mp3"}"#, #"{"type":"text","text":"Гимн"}"#),
            WentRow(
                "in fallback: a voice message", "voice", #"{"file":"<v.ogg>"}"#, more: #"{"adapt":"fallback"}"#,
                file: "v.ogg", #"{"type":"file","file_name":"v.ogg"}"#),
            WentRow(
                "in fallback: a moving picture", "animation", #"{"file":"<a.gif>"}"#, more: #"{"adapt":"fallback"}"#,
                file: "a.gif", #"{"type":"file","file_name":"a.gif"}"#),
            WentRow(
                "in fallback: a sticker of Telegram's", "sticker", #"{"file":"<s.webp>"}"#,
                more: #"{"adapt":"fallback"}"#, file: "s.webp", #"{"type":"file","file_name":"s.webp"}"#),
            WentRow(
                "in fallback: a venue", "location",
                #"{"latitude":1,"longitude":2,"title":"Кафе","address":"Ленина, 1"}"#,
                more: #"{"adapt":"fallback"}"#, #"{"type":"location"}"#, #"{"type":"text","text":"Кафе\nЛенина, 1"}"#),
            WentRow(
                "in fallback: a video with words", "video", #"{"file":"<v.mp4>","caption":"Клип"}"#,
                more: #"{"adapt":"fallback"}"#, file: "v.mp4", #"{"type":"video"}"#, #"{"type":"text","text":"Клип"}"#),
        ]

        /// What is refused at once, with its reason.
        static let refused: [(row: WentRow, reason: String)] = [
            (
                WentRow("a text of 7001", "text", #"{"text":"\#(String(repeating: "я", count: 7001))"}"#),
                "too_long text"
            ),
            (WentRow("audio", "audio", #"{"file":"<a.mp3>"}"#), "unsupported audio"),
            (WentRow("a voice message", "voice", #"{"file":"<v.ogg>"}"#), "unsupported voice"),
            (WentRow("an animation", "animation", #"{"file":"<a.gif>"}"#), "unsupported animation"),
            (
                WentRow("a video with words", "video", #"{"file":"<v.mp4>","caption":"Клип"}"#),
                "unsupported video.caption"
            ),
            (WentRow("a page as a picture", "image", #"{"file":"<page.png>"}"#), "unsupported image.mime"),
            (
                WentRow(
                    "a caption of 513", "image",
                    #"{"file":"<p.png>","caption":"\#(String(repeating: "я", count: 513))"}"#),
                "too_long image.caption"
            ),
            (
                WentRow("a venue", "location", #"{"latitude":1,"longitude":2,"title":"Кафе"}"#),
                "unsupported location.title"
            ),
            (
                WentRow(
                    "thirteen rows", "text", #"{"text":"?"}"#,
                    more:
                        #"{"keyboard":{"type":"reply","rows":[\#(Array(repeating: #"[{"text":"Да","kind":"text"}]"#, count: 13).joined(separator: ","))]}}"#
                ), "unsupported keyboard.rows"
            ),
            (
                WentRow(
                    "taking a keyboard away", "text", #"{"text":"?"}"#,
                    more: #"{"keyboard":{"type":"remove","rows":[]}}"#),
                "unsupported keyboard.remove"
            ),
        ]

        @Test("to the customer, each arrives as it is meant; what Viber has not is refused at once, or said otherwise")
        func arrives() async throws {
            try await ViberSite.with { site, desk in
                let user = site.viber.createUser(name: "Анна", phone: "79991112233")
                let chat = try await site.open(desk, user, "Здравствуйте")
                let files = try await site.files.uploadAll()
                for (index, (row, reason)) in Self.refused.enumerated() {
                    let given = try await desk.refusal(row, as: "r\(index)", files: files, to: chat)
                    #expect(given == reason, "\(row.label)")
                }
                for (index, row) in Self.went.enumerated() {
                    let before = try site.viber.sent(to: user.id).count
                    let id = try await desk.send(row, as: "s\(index)", files: files, to: chat)
                    _ = try await desk.reached(id, ["delivered"])
                    if row.file != nil {
                        try await eventually("\(row.label) is fetched") {
                            let first = try site.viber.sent(to: user.id)[before]
                            return first.media != nil || first.failure != nil ? true : nil
                        }
                    }
                    let sent = Array(try site.viber.sent(to: user.id).dropFirst(before))
                    try #require(sent.count == row.got.count, "\(row.label)")
                    for (message, expected) in zip(sent, row.got) {
                        let wrong = message.body.lacks(try JSONValue(parsing: expected))
                        #expect(
                            wrong.isEmpty && message.failure == nil, "\(row.label): \(wrong) \(message.failure ?? "")")
                        #expect(message.body["sender"]?["name"]?.string == "Магазин")
                    }
                    if let file = row.file { #expect(sent[0].media?.bytes == SampleFiles[file], "\(row.label)") }
                }
                try await Self.presses(site, desk, user.id, chat)
                try await Self.impossible(desk, chat)
                try await Self.long(site, desk, user.id, chat)
                #expect(site.viber.violations.isEmpty, "\(site.viber.violations)")
            }
        }

        /// Of the card in the feed, of the keyboard, and of the button for the phone.
        private static func presses(_ site: ViberSite, _ desk: Desk, _ user: String, _ chat: String) async throws {
            try site.viber.press("Да", by: user)
            _ = try await desk.event("callback.received") { $0.data["data"]?.string == "feed:1" }
            try site.viber.press("Место", by: user)
            let place = try await desk.event("message.created") {
                $0.data["kind"]?.string == "location" && $0.data["direction"]?.string == "in"
            }
            #expect(place.data["location"]?["latitude"]?.double == 55.7522)
            _ = try await desk.request(
                "customer.ask_phone", ["interaction": .string(chat), "msg_id": .string("phone")])
            let asked = try await eventually("the phone is asked for") {
                try site.viber.sent(to: user).last { $0.buttons.first?["ActionType"]?.string == "share-phone" }
            }
            try site.viber.press(asked.buttons[0]["Text"]?.string ?? "", by: user)
            _ = try await desk.event("customer.updated") { $0.data["phone"]?.string == "+79991112233" }
        }

        private static func impossible(_ desk: Desk, _ chat: String) async throws {
            let id = try await desk.send(WentRow("", "text", #"{"text":"a"}"#), as: "fixed", files: [:], to: chat)
            _ = try await desk.reached(id, ["delivered"])
            let other: KeyValuePairs<String, JSONValue> = [
                "message": .string(id), "to_interaction": .string(chat), "msg_id": .string("forward"),
            ]
            let requests: [(String, KeyValuePairs<String, JSONValue>)] = [
                ("message.edit", ["message": .string(id), "text": .object([JSONMember("text", .string("b"))])]),
                ("message.delete", ["message": .string(id)]), ("message.forward", other),
            ]
            for (method, params) in requests {
                let error = await #expect(throws: EralinkError.self) { try await desk.request(method, params) }
                #expect(error?.code == .unsupported, "\(method)")
            }
        }

        /// Three parts, the second of which is refused once: it goes on there, and nothing comes twice.
        private static func long(_ site: ViberSite, _ desk: Desk, _ user: String, _ chat: String) async throws {
            let before = try site.viber.sent(to: user).count
            let text = (0..<2000).map { "слово\($0)" }.joined(separator: " ")
            site.viber.add(SimulatedViberFault(.status(12, nil), method: "send_message", user: user, passing: 1))
            let id = try await desk.send(
                WentRow("a long text", "text", #"{"text":"\#(text)"}"#, more: #"{"adapt":"fallback"}"#), as: "long",
                files: [:], to: chat)
            let status = try await desk.reached(id, ["delivered"])
            let parts = try site.viber.sent(to: user).dropFirst(before).compactMap(\.text)
            #expect(parts.count == 3 && parts.joined() == text, "\(parts.map(\.count))")
            #expect(status["parts"]?.array?.compactMap { $0["attempts"]?.int64 } == [1, 2, 1])
        }
    }
}
