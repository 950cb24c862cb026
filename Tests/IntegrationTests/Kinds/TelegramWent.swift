import AgentClient
import Domain
import HTTPFetch
import JSON
import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("Every kind over Telegram, to the customer")
    struct TelegramWent {
        static let rows: [WentRow] = [
            WentRow(
                "a text", "text",
                #"{"text":"Жирный 👩‍👩‍👧 שלום","entities":[{"kind":"bold","offset":0,"length":6},{"kind":"link","offset":7,"length":8,"url":"https://e.org/"}]}"#,
                #"{"text":"Жирный 👩‍👩‍👧 שלום","entities":[{"type":"bold","offset":0,"length":6},{"type":"text_link","url":"https://e.org/"}]}"#
            ),
            WentRow(
                "a picture", "image", #"{"file":"<p.png>","caption":"Вот 📦"}"#, file: "p.png",
                #"{"caption":"Вот 📦"}"#),
            WentRow(
                "the same picture again", "image", #"{"file":"<p.png>"}"#, file: "p.png", "{}"),
            WentRow(
                "a video", "video", #"{"file":"<v.mp4>","duration":7,"width":320,"height":240}"#, file: "v.mp4",
                #"{"video":{"duration":7,"width":320,"height":240}}"#),
            WentRow("an animation", "animation", #"{"file":"<v.mp4>"}"#, file: "v.mp4", #"{"animation":{}}"#),
            WentRow(
                "a piece of music", "audio", #"{"file":"<a.mp3>","caption":"Гимн"}"#, file: "a.mp3", #"{"audio":{}}"#),
            WentRow(
                "a voice message", "voice", #"{"file":"<v.ogg>","duration":2}"#, file: "v.ogg",
                #"{"voice":{"duration":2}}"#),
            WentRow(
                "a document", "document", #"{"file":"<d.pdf>"}"#, file: "d.pdf", #"{"document":{"file_name":"d.pdf"}}"#),
            WentRow("a sticker", "sticker", #"{"file":"<s.webp>"}"#, file: "s.webp", #"{"sticker":{}}"#),
            WentRow(
                "a contact", "contact", #"{"name":"Пётр","phone":"+79990001122"}"#,
                #"{"contact":{"phone_number":"+79990001122","first_name":"Пётр"}}"#),
            WentRow(
                "a place", "location", #"{"latitude":55.75,"longitude":37.5}"#,
                #"{"location":{"latitude":55.75,"longitude":37.5}}"#),
            WentRow(
                "a venue", "location", #"{"latitude":1,"longitude":2,"title":"Кафе","address":"Ленина, 1"}"#,
                #"{"venue":{"title":"Кафе","address":"Ленина, 1"}}"#),
            WentRow(
                "buttons in place of the keyboard", "text", #"{"text":"?"}"#,
                more:
                    #"{"keyboard":{"type":"reply","one_time":true,"rows":[[{"text":"Да","kind":"text"}],[{"text":"Где я","kind":"location"}]]}}"#,
                #"{"reply_markup":{"keyboard":[[{"text":"Да"}],[{"text":"Где я","request_location":true}]],"one_time_keyboard":true}}"#
            ),
            WentRow(
                "they are taken away", "text", #"{"text":"!"}"#, more: #"{"keyboard":{"type":"remove","rows":[]}}"#,
                #"{"reply_markup":{"remove_keyboard":true}}"#),
            WentRow(
                "buttons under a picture", "image", #"{"file":"<q.png>"}"#,
                more:
                    #"{"keyboard":{"type":"inline","rows":[[{"text":"Да","kind":"callback","data":"y"},{"text":"Сайт","kind":"url","url":"https://e.org/"}]]}}"#,
                file: "q.png",
                #"{"reply_markup":{"inline_keyboard":[[{"text":"Да","callback_data":"y"},{"text":"Сайт","url":"https://e.org/"}]]}}"#
            ),
            WentRow(
                "in fallback: buttons that there are not in one keyboard", "text", #"{"text":"Выберите"}"#,
                more:
                    #"{"adapt":"fallback","keyboard":{"type":"inline","rows":[[{"text":"Да","kind":"callback","data":"y"}],[{"text":"Звонок","kind":"url","url":"tel:+7999"}]]}}"#,
                #"{"text":"Выберите\n\n1. Да\n2. Звонок: tel:+7999"}"#),
            WentRow(
                "in fallback: a sticker that is none", "sticker", #"{"file":"<p.png>"}"#,
                more: #"{"adapt":"fallback"}"#,
                file: "p.png", #"{"photo":[{},{"width":200}]}"#),
            WentRow(
                "in fallback: a caption that is too long", "image",
                #"{"file":"<p.png>","caption":"\#(String(repeating: "я", count: 1025))"}"#,
                more: #"{"adapt":"fallback"}"#, "{}", #"{"text":"\#(String(repeating: "я", count: 1025))"}"#),
            WentRow(
                "in fallback: a page under a picture's name", "image", #"{"file":"<page.png>"}"#,
                more: #"{"adapt":"fallback"}"#, file: "page.png", #"{"document":{}}"#),
        ]

        /// What is refused at once, with its reason.
        static let refused: [(row: WentRow, reason: String)] = [
            (
                WentRow("a text of 4097 units", "text", #"{"text":"\#(String(repeating: "я", count: 4097))"}"#),
                "too_long text"
            ),
            (
                WentRow(
                    "a caption of 1025", "image",
                    #"{"file":"<p.png>","caption":"\#(String(repeating: "я", count: 1025))"}"#),
                "too_long image.caption"
            ),
            (
                WentRow("a page that calls itself a picture", "image", #"{"file":"<page.png>"}"#),
                "unsupported image.mime"
            ),
            (
                WentRow(
                    "65 bytes of data", "text", #"{"text":"?"}"#,
                    more:
                        #"{"keyboard":{"type":"inline","rows":[[{"text":"Да","kind":"callback","data":"\#(String(repeating: "y", count: 65))"}]]}}"#
                ), "too_long keyboard.data"
            ),
            (
                WentRow("101 rows of buttons", "text", #"{"text":"?"}"#, more: keyboard(rows: 101)),
                "unsupported keyboard.rows"
            ),
            (
                WentRow(
                    "a link button to a telephone", "text", #"{"text":"?"}"#,
                    more: #"{"keyboard":{"type":"inline","rows":[[{"text":"Да","kind":"url","url":"tel:+7999"}]]}}"#),
                "unsupported keyboard.url"
            ),
            (
                WentRow("a template", "template", #"{"name":"t","language":"ru","params":[]}"#), "unsupported template"
            ),
            (
                WentRow(
                    "a template in fallback", "template", #"{"name":"t","language":"ru","params":[]}"#,
                    more: #"{"adapt":"fallback"}"#),
                "unsupported template"
            ),
        ]

        private static func keyboard(rows: Int) -> String {
            let row = #"[{"text":"Да","kind":"callback","data":"y"}]"#
            return
                #"{"keyboard":{"type":"inline","rows":[\#(Array(repeating: row, count: rows).joined(separator: ","))]}}"#
        }

        @Test(
            "each arrives as it is meant, in order; what has no way there is refused at once; what was sent is changed")
        func arrives() async throws {
            try await World.with(.kinds) { world in
                try await world.withDesk { desk in
                    try await world.withFiles { door in
                        let olga = world.telegram.createCustomer(firstName: "Ольга").id
                        try world.telegram.write("Здравствуйте", from: olga)
                        let chat = try await desk.accept(chatOf: olga)
                        let files = try await door.uploadAll()
                        for (index, (row, reason)) in Self.refused.enumerated() {
                            let given = try await desk.refusal(row, as: "r\(index)", files: files, to: chat)
                            #expect(given == reason, "\(row.label)")
                        }
                        var ids: [String] = []
                        for (index, row) in Self.rows.enumerated() {
                            ids.append(try await desk.send(row, as: "s\(index)", files: files, to: chat))
                        }
                        try await world.telegram.sent(
                            to: olga, atLeast: Self.rows.reduce(0) { $0 + $1.got.count }, seconds: 60)
                        for id in ids { _ = try await desk.reached(id, ["sent"]) }
                        try Self.expect(try world.telegram.sent(to: olga), world)
                        try await Self.together(world, desk, olga, chat, files)
                        try await Self.forward(world, desk, ids[0])
                        try await Self.change(world, desk, olga, chat, files)
                        try await Self.long(world, desk, olga, chat)
                    }
                    #expect(world.telegram.violations.map(\.detail) == [])
                }
            }
        }

        private static func expect(_ sent: [SimulatedMessage], _ world: World) throws {
            var rest = sent[...]
            for row in rows {
                for expected in row.got {
                    let next = rest.popFirst()
                    let message = try #require(next, "\(row.label)")
                    var members = message.content.object ?? []
                    members.append(JSONMember("reply_markup", message.replyMarkup ?? .null))
                    let wrong = JSONValue.object(members).lacks(try JSONValue(parsing: expected))
                    #expect(wrong.isEmpty, "\(row.label): \(wrong)")
                    if let file = row.file, expected == row.got.first {
                        #expect(
                            world.telegram.bytes(of: message.fileID ?? "") == SampleFiles[file], "\(row.label)")
                    }
                }
            }
            #expect(rest.isEmpty)
        }

        /// An album, and an answer.
        private static func together(
            _ world: World, _ desk: Desk, _ olga: Int64, _ chat: String, _ files: [String: String]
        ) async throws {
            let before = try world.telegram.sent(to: olga).count
            for (index, name) in ["p.png", "v.mp4", "q.png"].enumerated() {
                let kind = name == "v.mp4" ? "video" : "image"
                _ = try await desk.send(
                    WentRow("album", kind, #"{"file":"<\#(name)>","caption":"\#(index)"}"#, more: #"{"group":"g"}"#),
                    as: "album-\(index)", files: files, to: chat)
            }
            let album = try await world.telegram.sent(to: olga, atLeast: before + 3).dropFirst(before)
            #expect(album.map { $0.content["caption"]?.string } == ["0", "1", "2"])
            #expect(Set(album.map { $0.content["media_group_id"]?.string }).count == 1)
            #expect(album.allSatisfy { $0.content["media_group_id"] != nil })

            try world.telegram.write("Сколько?", from: olga)
            let question = try #require(try await desk.came(1, to: chat).first)
            _ = try await desk.send(
                WentRow(
                    "an answer", "text", #"{"text":"Сто"}"#, more: #"{"reply_to":"\#(question["id"]?.string ?? "")"}"#),
                as: "answer", files: [:], to: chat)
            let answer = try await world.telegram.sent(to: olga, atLeast: before + 4).last
            #expect(answer?.replyTo.map(String.init) == question["parts"]?.array?.first?["external_id"]?.string)
        }

        /// By Telegram itself, into the chat of another customer.
        private static func forward(_ world: World, _ desk: Desk, _ message: String) async throws {
            let jan = world.telegram.createCustomer(firstName: "Ян").id
            try world.telegram.write("Здравствуйте", from: jan)
            let chat = try await desk.accept(chatOf: jan)
            _ = try await desk.request(
                "message.forward",
                ["message": .string(message), "to_interaction": .string(chat), "msg_id": .string("forward")])
            let sent = try #require(try await world.telegram.sent(to: jan, atLeast: 1).first)
            #expect(sent.content["forward_origin"] != nil && sent.text.hasPrefix("Жирный"))
        }

        /// Edits, a deletion, the phone, typing.
        private static func change(
            _ world: World, _ desk: Desk, _ olga: Int64, _ chat: String, _ files: [String: String]
        ) async throws {
            let before = try world.telegram.sent(to: olga).count
            let text = try await desk.send(
                WentRow(
                    "a text", "text", #"{"text":"старый"}"#,
                    more: #"{"keyboard":{"type":"inline","rows":[[{"text":"Да","kind":"callback","data":"y"}]]}}"#),
                as: "edit-1", files: [:], to: chat)
            let picture = try await desk.send(
                WentRow("a picture", "image", #"{"file":"<p.png>","caption":"старая"}"#), as: "edit-2", files: files,
                to: chat)
            for id in [text, picture] { _ = try await desk.reached(id, ["sent"]) }
            _ = try await desk.request(
                "message.edit", ["message": .string(text), "text": try JSONValue(parsing: #"{"text":"новый"}"#)])
            _ = try await desk.request("message.edit", ["message": .string(picture), "caption": .string("новая")])
            try await eventually("both are edited") {
                let sent = try world.telegram.sent(to: olga).dropFirst(before)
                return sent.map(\.text) == ["новый", "новая"] ? true : nil
            }
            // An edit of the text leaves the buttons.
            #expect(try world.telegram.sent(to: olga)[before].replyMarkup != nil)
            _ = try await desk.request("message.delete", ["message": .string(picture)])
            try await eventually("it is deleted") {
                try world.telegram.sent(to: olga)[before + 1].isDeleted ? true : nil
            }
            _ = try await desk.event("message.deleted") { $0.data["message"]?.string == picture }

            _ = try await desk.request(
                "customer.ask_phone", ["interaction": .string(chat), "msg_id": .string("phone")])
            let asked = try #require(try await world.telegram.sent(to: olga, atLeast: before + 3).last)
            #expect(asked.replyMarkup?["keyboard"]?.array?.first?.array?.first?["request_contact"]?.bool == true)
            try world.telegram.write(.contact("79991234567", firstName: "Ольга", user: olga), from: olga)
            _ = try await desk.event("customer.updated") { $0.data["phone"]?.string == "+79991234567" }

            _ = try await desk.request("typing.set", ["interaction": .string(chat), "on": .bool(true)])
            try await eventually("the customer sees the agent type") {
                try world.telegram.actions().contains { $0.chat == olga && $0.action == "typing" } ? true : nil
            }
        }

        /// Three parts, the second of which is refused once: it goes on there, and nothing comes twice.
        private static func long(_ world: World, _ desk: Desk, _ olga: Int64, _ chat: String) async throws {
            let before = try world.telegram.sent(to: olga).count
            let text = (0..<1200).map { "слово\($0)" }.joined(separator: " ")
            // The first one passes.
            world.telegram.add(SimulatedFault(.delay(seconds: 0), method: "sendMessage", chat: olga))
            world.telegram.add(
                SimulatedFault(.failure(code: 500, text: "Internal Server Error"), method: "sendMessage", chat: olga))
            let id = try await desk.send(
                WentRow("a long text", "text", #"{"text":"\#(text)"}"#, more: #"{"adapt":"fallback"}"#), as: "long",
                files: [:], to: chat)
            let status = try await desk.reached(id, ["sent"])
            let parts = try world.telegram.sent(to: olga).dropFirst(before).map(\.text)
            #expect(parts.count == 3 && parts.joined(separator: " ") == text, "\(parts.map(\.count))")
            #expect(status["parts"]?.array?.compactMap { $0["attempts"]?.int64 } == [1, 2, 1])
            #expect(world.telegram.faultsLeft == 0)
        }
    }
}

extension FileDoor {
    /// The ids of all sample files, by name.
    func uploadAll() async throws -> [String: String] {
        var ids: [String: String] = [:]
        for (name, bytes) in SampleFiles.all { ids[name] = try await upload(bytes, named: name) }
        return ids
    }
}

extension SimulatedMessage {
    /// Of its file; of a photo the largest.
    fileprivate var fileID: String? {
        for kind in ["photo", "animation", "video", "audio", "voice", "document", "sticker"] {
            if let value = content[kind] { return (value.array?.last ?? value)["file_id"]?.string }
        }
        return nil
    }
}
