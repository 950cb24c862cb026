import ConnectorKit
import Domain
import JSON
import Sandbox
import TestSupport
import Testing

@testable import Telegram

@Suite("Files and the simulated Telegram")
struct SimulatedMediaTests {
    typealias T = TelegramTable

    static let picture = StandInFiles.Stored(1, "фото.png", "image/png", samplePNG(400, 300))
    static let pdf = StandInFiles.Stored(2, "счёт.pdf", "application/pdf", Array("%PDF-1.7".utf8))

    static func stored(_ id: Int64, _ name: String, _ mime: String) -> StandInFiles.Stored {
        StandInFiles.Stored(id, name, mime, Array("\(name) \(mime)".utf8))
    }

    static let kinds: [Row<MediaKind, (file: StandInFiles.Stored, member: String)>] = [
        Row("a picture", .image, (picture, "photo")),
        Row("a video", .video, (stored(3, "v.mp4", "video/mp4"), "video")),
        Row("an animation", .animation, (stored(4, "a.mp4", "video/mp4"), "animation")),
        Row("a piece of music", .audio, (stored(5, "a.mp3", "audio/mpeg"), "audio")),
        Row("a voice message", .voice, (stored(6, "v.ogg", "audio/ogg"), "voice")),
        Row("a document", .document, (pdf, "document")),
        Row(
            "a sticker", .sticker,
            (StandInFiles.Stored(7, "s.tgs", "application/x-tgsticker", [0x1F, 0x8B, 8]), "sticker")),
    ]

    @Test("a file arrives byte for byte, and a second time by its id", arguments: kinds)
    func send(_ row: Row<MediaKind, (file: StandInFiles.Stored, member: String)>) async throws {
        let (file, member) = row.expected
        try await Desk.with(files: [file]) { desk in
            let part = T.media(row.given, file: file.file.id.value)
            for number in 1...2 {
                #expect(await desk.connector.send(part).outcome == .sent(externalID: "\(number)"))
            }
            let sent = try desk.telegram.sent(to: desk.olga)
            #expect(sent.count == 2)
            let ids = sent.compactMap { message in
                let value = message.content[member]
                return (value?.array?.last ?? value)?["file_id"]?.string
            }
            #expect(ids.count == 2 && Set(ids).count == 1)
            #expect(desk.telegram.bytes(of: ids.first ?? "") == file.bytes)
            #expect(desk.files.remembered.count == 1)
            #expect(desk.violations == [])
        }
    }

    @Test("an album is one group in its order, with captions where they belong")
    func album() async throws {
        try await Desk.with(files: [Self.picture, Self.stored(3, "v.mp4", "video/mp4")]) { desk in
            let parts = [
                T.media(.image, file: 1, caption: "обе", group: "g"), T.media(.video, file: 3, duration: 7, group: "g"),
            ]
            #expect(desk.connector.canSendTogether(parts))
            let outcomes = await desk.connector.sendAlbum(parts).map(\.outcome)
            #expect(outcomes == [.sent(externalID: "1"), .sent(externalID: "2")])
            let sent = try desk.telegram.sent(to: desk.olga)
            #expect(Set(sent.map { $0.content["media_group_id"]?.string }).count == 1)
            #expect(sent.map { $0.content["caption"]?.string } == ["обе", nil])
            #expect(sent.last?.content["video"]?["duration"]?.int64 == 7)
            #expect(desk.violations == [])
        }
    }

    @Test("a picture too narrow for a photo, and one that is none, go as documents")
    func noPhoto() async throws {
        let narrow = StandInFiles.Stored(1, "narrow.png", "image/png", samplePNG(2100, 100))
        let lie = StandInFiles.Stored(2, "lie.png", "image/png", Array("no picture".utf8))
        try await Desk.with(files: [narrow, lie]) { desk in
            for file: Int64 in [1, 2] {
                guard case .sent = await desk.connector.send(T.media(.image, file: file)).outcome else {
                    Issue.record("not sent")
                    return
                }
            }
            let names = try desk.telegram.sent(to: desk.olga).map { $0.content["document"]?["file_name"]?.string }
            #expect(names == ["narrow.png", "lie.png"])
        }
    }

    @Test("an id that Telegram no longer knows is replaced by an upload")
    func deadReference() async throws {
        var file = Self.picture
        file.file.references = ["photo": "AgACAgIAAxkBforgotten"]
        try await Desk.with(files: [file]) { desk in
            #expect(await desk.connector.send(T.media(.image, file: 1)).outcome == .sent(externalID: "1"))
            #expect(desk.files.remembered.count == 1)
        }
    }

    @Test("a customer who takes no voice messages is told apart")
    func voice() async throws {
        try await Desk.with(files: [Self.stored(6, "v.ogg", "audio/ogg")]) { desk in
            desk.telegram.setRefusesVoice(true, by: desk.olga)
            #expect(await desk.connector.send(T.media(.voice, file: 6)).outcome.brief == "refused voice_forbidden")
        }
    }

    @Test("a large file goes up and comes down in pieces")
    func large() async throws {
        let size = 5 << 20
        let file = StandInFiles.Stored(8, "big.bin", "application/zip", [UInt8](repeating: 5, count: size))
        try await Desk.with(files: [file]) { desk in
            #expect(await desk.connector.send(T.media(.document, file: 8)).outcome == .sent(externalID: "1"))
            let id = try #require(desk.files.remembered.first?.split(separator: " ").last.map(String.init))
            let sink = StandInSink()
            #expect(await desk.connector.download(id, into: sink) == .done)
            #expect(sink.taken.bytes.count == size && sink.taken.size == Int64(size))
        }
    }

    // MARK: what customers send

    /// What the connector made of what a customer sent.
    static func received(
        _ message: CustomerMessage, _ desk: Desk
    ) async throws -> IncomingMessage {
        try desk.telegram.write(message, from: desk.olga)
        let batch = try await desk.connector.poll(from: nil)
        guard case .message(let message)? = batch.items.last?.event else { throw EralinkError(.internal, "no message") }
        return message
    }

    static let sent: [Row<CustomerFile, MediaKind>] = [
        Row("a photo", CustomerFile(.photo, samplePNG(640, 480)), .image),
        Row("a video", CustomerFile(.video, [1, 2], name: "v.mp4", mime: "video/mp4"), .video),
        Row("a round video", CustomerFile(.videoNote, [3]), .video),
        Row("an animation", CustomerFile(.animation, [4], mime: "video/mp4"), .animation),
        Row("a piece of music", CustomerFile(.audio, [5], name: "a.mp3", mime: "audio/mpeg"), .audio),
        Row("a voice message", CustomerFile(.voice, [6]), .voice),
        Row("a document", CustomerFile(.document, [7], name: "счёт.pdf", mime: "application/pdf"), .document),
        Row("a sticker", CustomerFile(.sticker, [8]), .sticker),
    ]

    @Test("what a customer sends is fetched byte for byte", arguments: sent)
    func receive(_ row: Row<CustomerFile, MediaKind>) async throws {
        try await Desk.with { desk in
            let message = try await Self.received(.file(row.given), desk)
            guard case .media(let kind, _) = message.content else {
                Issue.record("no file")
                return
            }
            #expect(kind == row.expected)
            let sink = StandInSink()
            #expect(await desk.connector.download(try #require(message.file).source, into: sink) == .done)
            #expect(sink.taken.bytes == row.given.bytes)
            #expect(desk.violations == [])
        }
    }

    @Test("a file over 20 MiB is refused from the start, and by Telegram too")
    func tooLarge() async throws {
        try await Desk.with { desk in
            let message = try await Self.received(
                .file(CustomerFile(.document, zeros: 20 << 20 + 1, name: "film.mkv")), desk)
            let file = try #require(message.file)
            #expect(file.refusal?.code == "too_large" && file.name == "film.mkv")
            guard case .gone(let reason) = await desk.connector.download(file.source, into: StandInSink()) else {
                Issue.record("not gone")
                return
            }
            #expect(reason.code == "too_large")
        }
    }

    @Test("a path that runs out between getFile and the download is asked for again")
    func expiredPath() async throws {
        try await Desk.with { desk in
            let message = try await Self.received(.file(CustomerFile(.document, [7], name: "a.pdf")), desk)
            desk.telegram.add(SimulatedFault(.failure(code: 404, text: "Not Found"), method: "file"))
            let sink = StandInSink()
            #expect(await desk.connector.download(try #require(message.file).source, into: sink) == .done)
            #expect(sink.taken.bytes == [7])
            #expect(try desk.telegram.statistics().calls["getfile"] == 2)
        }
    }

    @Test("an album comes as a group, and its items are fetched one by one")
    func albumIn() async throws {
        try await Desk.with { desk in
            for number: UInt8 in 1...3 {
                try desk.telegram.write(
                    .file(CustomerFile(.document, [number]), caption: number == 1 ? "все" : nil, album: "77"),
                    from: desk.olga)
            }
            let batch = try await desk.connector.poll(from: nil)
            let messages = batch.items.compactMap { item -> IncomingMessage? in
                if case .message(let message) = item.event { message } else { nil }
            }
            #expect(messages.map(\.group) == ["77", "77", "77"])
            #expect(messages.compactMap(\.file?.source).count == 3)
        }
    }

    @Test("an own number, a live location that moves and ends, a forward, a quote")
    func places() async throws {
        try await Desk.with { desk in
            let olga = desk.olga
            try desk.telegram.write(.contact("79991234567", firstName: "Olga", user: olga), from: olga)
            let place = try desk.telegram.write(.location(55, 37, live: 900), from: olga)
            try desk.telegram.edit(place.messageID, to: .location(56, 38, live: 900), from: olga)
            try desk.telegram.edit(place.messageID, to: .location(56, 38), from: olga)
            try desk.telegram.write(.venue(1, 2, title: "Кафе", address: "Ленина, 1"), from: olga)
            try desk.telegram.write(CustomerMessage("fwd").forwarded(from: "Кто-то"), from: olga)
            guard case .sent(let asked) = await desk.connector.send(desk.part("Your number?")).outcome else {
                Issue.record("not sent")
                return
            }
            try desk.telegram.write(CustomerMessage("it", replyTo: Int(asked)).quoting("number"), from: olga)
            let events = try await desk.connector.poll(from: nil).items
            #expect(events.count == 7 && events.first?.profile?.phone == "+79991234567")
            func location(_ index: Int) -> LocationContent? {
                guard events.indices.contains(index) else { return nil }
                switch events[index].event {
                case .message(let message), .edit(let message):
                    if case .location(let location) = message.content { return location }
                default: break
                }
                return nil
            }
            #expect((1...3).map { location($0)?.live } == [true, true, false])
            #expect(location(2)?.latitude == 56 && location(4)?.title == "Кафе")
            guard case .message(let forward) = events[5].event, case .message(let reply) = events[6].event else {
                Issue.record("no messages")
                return
            }
            #expect(forward.forwardedFrom?.name == "Кто-то")
            #expect(reply.replyTo == .init(externalID: asked, preview: "number"))
        }
    }

    @Test("reactions come as the full set, and an edited caption as an edit")
    func reactions() async throws {
        try await Desk.with { desk in
            // Reactions come only to a bot that has asked for them.
            let kinds = #"["message","edited_message","message_reaction"]"#
            _ = try await desk.telegram.call("getUpdates", [("allowed_updates", kinds)], token: Desk.token)
            let photo = try desk.telegram.write(
                .file(CustomerFile(.photo, samplePNG(64, 64)), caption: "a"), from: desk.olga)
            guard case .sent(let id) = await desk.connector.send(desk.part("?")).outcome, let number = Int(id) else {
                Issue.record("not sent")
                return
            }
            try desk.telegram.react(["👍", "🔥"], to: number, by: desk.olga)
            try desk.telegram.react([], to: number, by: desk.olga)
            var caption = CustomerMessage()
            caption.members = [("caption", Array(#""b""#.utf8))]
            try desk.telegram.edit(photo.messageID, to: caption, from: desk.olga)
            // Who asks twice from the same place within moments gets one update at a time.
            var batch = try await desk.connector.poll(from: nil)
            var events = batch.items.map(\.event)
            while events.count < 4, !batch.items.isEmpty {
                batch = try await desk.connector.poll(from: batch.position)
                events += batch.items.map(\.event)
            }
            // The first is the photo.
            #expect(events.count == 4)
            events = Array(events.dropFirst())
            #expect(events.first == .reaction(externalID: id, emojis: ["👍", "🔥"]))
            #expect(events.dropFirst().first == .reaction(externalID: id, emojis: []))
            guard case .edit(let edited)? = events.last, case .media(.image, let media) = edited.content else {
                Issue.record("no edit")
                return
            }
            #expect(media.caption == "b" && edited.file != nil)
        }
    }

    // MARK: what is done to messages

    @Test("texts and captions are edited, messages deleted, presses answered; twice is as good as once")
    func actions() async throws {
        try await Desk.with(files: [Self.picture]) { desk in
            let buttons = OutgoingTests.inline(OutgoingTests.button(.callback, data: "y")).keyboard
            _ = await desk.connector.send(desk.part("old", keyboard: buttons))
            _ = await desk.connector.send(T.media(.image, file: 1, caption: "old"))
            var caption = MediaContent(file: FileID(1))
            caption.caption = "new"
            let query = try desk.telegram.press(data: "y", on: 1, by: desk.olga)
            let kinds: [OutgoingAction.Kind] = [
                .answerCallback(id: query, text: "Готово", alert: true),
                .edit(externalID: "1", content: .text(.init(text: "new")), keyboard: buttons),
                .edit(externalID: "2", content: .media(.image, caption), keyboard: nil),
            ]
            for kind in kinds + kinds {
                #expect(await desk.connector.perform(.init(chat: T.chat, kind: kind)).outcome == .done)
            }
            let sent = try desk.telegram.sent(to: desk.olga)
            #expect(sent.map(\.text) == ["new", "new"] && sent.map(\.edits) == [1, 1])
            #expect(sent.first?.replyMarkup != nil)
            #expect(try desk.telegram.callbackAnswers() == [.init(query: query, text: "Готово", isAlert: true)])
            for _ in 1...2 {
                #expect(
                    await desk.connector.perform(.init(chat: T.chat, kind: .delete(externalID: "2"))).outcome == .done)
            }
            #expect(try desk.telegram.sent(to: desk.olga).map(\.isDeleted) == [false, true])
            let gone = OutgoingAction(
                chat: T.chat, kind: .edit(externalID: "2", content: .text(.init(text: "x")), keyboard: nil))
            #expect(await desk.connector.perform(gone).outcome.brief == "refused message_not_found")
            #expect(desk.violations == [])
        }
    }

    @Test("a message is forwarded by Telegram, and said anew where it cannot be")
    func forward() async throws {
        try await Desk.with { desk in
            let written = try desk.telegram.write("from Olga", from: desk.olga)
            let other = desk.telegram.createCustomer(firstName: "Ян")
            try desk.telegram.openChat(with: other.id)
            func part(_ message: Int) -> OutgoingPart {
                T.part(
                    .text(.init(text: "from Olga")), chat: String(other.id),
                    forward: .init(chat: T.chat, externalID: String(message)))
            }
            #expect(T.part(.text(.init(text: "a"))).forward == nil)
            #expect(await desk.connector.send(part(written.messageID)).outcome == .sent(externalID: "1"))
            #expect(await desk.connector.send(part(999)).outcome == .sent(externalID: "2"))
            let sent = try desk.telegram.sent(to: other.id)
            #expect(sent.map(\.text) == ["from Olga", "from Olga"])
            #expect(sent.map { $0.content["forward_origin"] != nil } == [true, false])
        }
    }

    @Test("a customer's picture is the same until it is another")
    func picture() async throws {
        try await Desk.with { desk in
            #expect(try await desk.connector.avatarSource(of: T.chat) == nil)
            try desk.telegram.setPicture(samplePNG(640, 640), of: desk.olga)
            let source = try #require(try await desk.connector.avatarSource(of: T.chat))
            #expect(try await desk.connector.avatarSource(of: T.chat) == source)
            let sink = StandInSink()
            #expect(await desk.connector.download(source, into: sink) == .done)
            try desk.telegram.setPicture(samplePNG(320, 320), of: desk.olga)
            let other = try await desk.connector.avatarSource(of: T.chat)
            #expect(other != nil && other != source)
        }
    }

    @Test("contacts, places and keyboards arrive as they were meant")
    func others() async throws {
        try await Desk.with { desk in
            let parts = [
                T.part(.contact(.init(name: "Пётр", phone: "+79997654321"))),
                T.part(.location(.init(latitude: 55.75, longitude: -37.5))),
                T.part(.location(.init(latitude: 1, longitude: 2, title: "Кафе", address: "Ленина, 1"))),
                desk.part(
                    "phone?",
                    keyboard: .init(
                        style: .reply, rows: [[OutgoingTests.button(.phone)], [OutgoingTests.button(.location)]],
                        oneTime: true)),
            ]
            for part in parts {
                guard case .sent = await desk.connector.send(part).outcome else {
                    Issue.record("not sent: \(part.content.kind)")
                    return
                }
            }
            let sent = try desk.telegram.sent(to: desk.olga)
            #expect(sent[0].content["contact"]?["first_name"]?.string == "Пётр")
            #expect(sent[1].content["location"]?["longitude"]?.double == -37.5)
            #expect(sent[2].content["venue"]?["address"]?.string == "Ленина, 1")
            #expect(sent[3].replyMarkup?["one_time_keyboard"]?.bool == true)
            #expect(desk.violations == [])
        }
    }
}
