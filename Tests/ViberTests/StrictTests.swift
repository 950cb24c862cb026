import ConnectorKit
import Domain
import JSON
import Sandbox
import TestSupport
import Testing

@testable import Viber

/// The connector against the simulated Viber, which refuses what Viber would.
@Suite("Viber, against the simulated one", .timeLimit(.minutes(2)))
struct StrictTests {
    private static let jpeg = [UInt8](repeating: 0xFF, count: 2048)
    private static let files: [StandInFiles.Stored] = [
        .init(7, "p.jpg", "image/jpeg", jpeg), .init(8, "v.mp4", "video/mp4", [1, 2, 3]),
        .init(9, "a.pdf", "application/pdf", Array("%PDF".utf8)), .init(10, "v.ogg", "audio/ogg", [4, 5]),
        .init(11, "small.png", "image/png", [6], width: 10, height: 10),
        .init(12, "viber-sticker-40133.png", "image/png", [6]),
    ]

    private func media(_ kind: MediaKind, _ id: Int64, caption: String? = nil) -> Content {
        OutgoingRows.media(kind, id, caption: caption)
    }

    @Test("opening sets the webhook and says who the account is; checking changes nothing")
    func opening() async throws {
        try await Desk.with { desk in
            #expect(try await desk.connector.check().facts == ["webhook": "none", "subscribers": "0"])
            #expect(try desk.viber.webhook().isEmpty)
            let identity = try await desk.connector.open()
            #expect(identity.name == "Магазин" && identity.externalID.hasPrefix("pa:"))
            #expect(try desk.viber.webhook().hasSuffix("/webhooks/support/\(Bot.webhookSecret)"))
            #expect(try await desk.connector.check().facts["webhook"] == "set")
            try desk.viber.setWebhook("https://other.example/")
            #expect(try await desk.connector.check().facts["webhook"] == "another")
            #expect(desk.viber.violations.isEmpty)
        }
    }

    @Test("the address must answer before it is told, and it is told again once it does")
    func closedDoor() async throws {
        try await Desk.with { desk in
            desk.door.set(open: false)
            await #expect(throws: ConnectorFailure.self) { try await desk.connector.open() }
            #expect(try desk.viber.webhook().isEmpty)
            desk.door.set(open: true)
            _ = try await desk.connector.open()
            #expect(try !desk.viber.webhook().isEmpty)
            #expect(desk.viber.violations.isEmpty)
        }
    }

    @Test("a webhook that somebody else has set is noticed, and so is one that was taken away")
    func conflict() async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            #expect(try await desk.connector.poll(from: nil) == PollBatch())
            for other in ["https://other.example/", ""] {
                try desk.viber.setWebhook(other)
                let failure = await #expect(throws: ConnectorFailure.self) { try await desk.connector.poll(from: nil) }
                #expect(failure?.kind == .conflict)
                _ = try await desk.connector.open()
                #expect(try await desk.connector.poll(from: nil) == PollBatch())
            }
        }
    }

    @Test("an account that names no events has our webhook all the same")
    func noEventTypes() async throws {
        try await Desk.with {
            $0.namesEventTypes = false
        } _: { desk in
            _ = try await desk.connector.open()
            #expect(try await desk.connector.check().facts["webhook"] == "set")
            #expect(try await desk.connector.poll(from: nil) == PollBatch())
        }
    }

    @Test("without a webhook a send sets it, once for all who wait, and goes out")
    func sendRegisters() async throws {
        try await Desk.with { desk in
            let user = desk.viber.createUser()
            try desk.viber.subscribe(user.id)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { await desk.send(OutgoingRows.text("a"), to: user) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.allSatisfy { $0.hasPrefix("sent ") }, "\(outcomes)")
            #expect(try desk.viber.sent(to: user.id).count == 8)
            #expect(desk.viber.violations.isEmpty)
        }
    }

    @Test(
        "every kind is taken, and its file can be fetched",
        arguments: [
            (OutgoingRows.text("Добрый день 👩‍👩‍👧"), "text"), (OutgoingRows.media(.image, 7, caption: "Вот"), "picture"),
            (OutgoingRows.media(.image, 11), "picture"), (OutgoingRows.media(.video, 8), "video"),
            (OutgoingRows.media(.document, 9), "file"), (OutgoingRows.media(.voice, 10), "file"),
            (OutgoingRows.media(.sticker, 12), "sticker"),
            (.contact(ContactContent(name: "Пётр", phone: "+79991234567")), "contact"),
            (.location(LocationContent(latitude: 55.75, longitude: 37.61)), "location"),
        ])
    func kinds(_ content: Content, _ type: String) async throws {
        try await Desk.with(files: Self.files) { desk in
            _ = try await desk.connector.open()
            let user = desk.viber.createUser()
            try desk.viber.subscribe(user.id)
            #expect(await desk.send(content, to: user).hasPrefix("sent "))
            let sent = try #require(try desk.viber.sent(to: user.id).first)
            #expect(sent.type == type)
            #expect(sent.body["sender"]?["name"]?.string == "Магазин")
            if case .media(let kind, let media) = content, kind != .sticker {
                try await desk.viber.wait(for: .media(user: user.id))
                let bytes = Self.files.first { $0.file.id == media.file }?.bytes
                #expect(try desk.viber.sent(to: user.id).first?.media?.bytes == bytes)
            }
            #expect(desk.viber.violations.isEmpty, "\(desk.viber.violations)")
        }
    }

    @Test(
        "buttons of every kind are taken, and their presses come back as what they mean",
        arguments: [
            Keyboard.Style.reply, .inline,
        ])
    func buttons(_ style: Keyboard.Style) async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            let user = desk.viber.createUser()
            try desk.viber.subscribe(user.id)
            let rows = [[OutgoingRows.yes, OutgoingRows.order], [OutgoingRows.shop]]
            #expect(
                await desk.send(OutgoingRows.text("Выберите"), to: user, keyboard: Keyboard(style: style, rows: rows))
                    .hasPrefix("sent "))
            for text in ["Да", "Заказ <17>", "Открыть"] { try desk.viber.press(text, by: user.id) }
            let said = await desk.door.items(5).compactMap { item -> Content? in
                if case .message(let message) = item.event { message.content } else { nil }
            }
            #expect(said.count == 3)
            #expect(said.first == OutgoingRows.text("Да"))
            guard case .callback(let press) = said[1] else { return #expect(Bool(false), "\(said)") }
            #expect(press.data == "order:17" && press.message == MessageID(1042))
            #expect(said.last == OutgoingRows.text("https://shop.example/17"))
            #expect(desk.viber.violations.isEmpty, "\(desk.viber.violations)")
        }
    }

    @Test(
        "the phone is asked for by a button, and known once it is pressed; not on a desktop", arguments: [false, true])
    func phone(_ isDesktop: Bool) async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            let user = desk.viber.createUser(phone: "79991112233", isDesktop: isDesktop)
            try desk.viber.subscribe(user.id)
            let keyboard = Keyboard(style: .reply, rows: [[OutgoingRows.phone]])
            #expect(await desk.send(OutgoingRows.text("Ваш номер?"), to: user, keyboard: keyboard).hasPrefix("sent "))
            #expect(await desk.send(OutgoingRows.text("Жду"), to: user).hasPrefix("sent "))
            try desk.viber.press("Телефон", by: user.id)
            let item = try #require(
                await desk.door.items(4).last { if case .message = $0.event { true } else { false } })
            guard case .message(let message) = item.event else { return }
            if isDesktop {
                #expect(message.content == OutgoingRows.text("Телефон"))
                #expect(item.profile?.phone == nil)
            } else {
                #expect(
                    message.content == .contact(ContactContent(name: "Ольга", phone: "+79991112233", own: true)))
                #expect(item.profile?.phone == "+79991112233")
            }
        }
    }

    @Test("a device that is too old gets a keyboard instead of a card, and no button for the phone")
    func oldDevice() async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            let user = desk.viber.createUser(apiVersion: 2)
            try desk.viber.subscribe(user.id)
            let inline = Keyboard(style: .inline, rows: [[OutgoingRows.order]])
            #expect(await desk.send(OutgoingRows.text("?"), to: user, keyboard: inline).hasPrefix("sent "))
            #expect(try desk.viber.sent(to: user.id).map(\.type) == ["text"])
            let phone = Keyboard(style: .reply, rows: [[OutgoingRows.phone]])
            #expect(await desk.send(OutgoingRows.text("?"), to: user, keyboard: phone) == "refused unsupported")
        }
    }

    @Test("what customers do comes in: opening, subscribing, writing, reading, leaving")
    func incoming() async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            let user = desk.viber.createUser(name: "Анна", avatar: "https://media.example/a.jpg")
            try desk.viber.openChat(user.id, context: "site")
            try desk.viber.subscribe(user.id)
            try desk.viber.write("Здравствуйте", from: user.id)
            _ = await desk.door.items(3)
            #expect(await desk.send(OutgoingRows.text("Добрый день"), to: user).hasPrefix("sent "))
            _ = await desk.door.items(4)
            try desk.viber.see(user.id)
            try desk.viber.unsubscribe(user.id)
            let items = await desk.door.items(6)
            let names = items.map { $0.key?.prefix { $0 != "/" } ?? "" }
            #expect(
                names == ["conversation_started", "subscribed", "message", "delivered", "seen", "unsubscribed"])
            #expect(items[2].profile?.name == "Анна" && items[2].profile?.avatarSource == "https://media.example/a.jpg")
            #expect(await desk.send(OutgoingRows.text("?"), to: user) == "blocked customer_blocked")
            #expect(desk.viber.violations.isEmpty, "\(desk.viber.violations)")
        }
    }

    @Test("a picture that a customer sent is fetched, whole")
    func download() async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            let user = desk.viber.createUser()
            try desk.viber.write("picture", Self.jpeg, named: "п.jpg", mime: "image/jpeg", text: "Вот", from: user.id)
            let item = try #require(await desk.door.items(1).first)
            guard case .message(let message) = item.event, let file = message.file else {
                return #expect(Bool(false), "\(item)")
            }
            let sink = StandInSink()
            #expect(await desk.connector.download(file.source, into: sink) == .done)
            #expect(sink.taken.bytes == Self.jpeg && sink.taken.mime == "image/jpeg" && file.size == 2048)
        }
    }

    @Test("files that are not to be had end in something defined")
    func badDownloads() async throws {
        try await Desk.with { desk in
            func fetch(_ link: String, secondsAgo: Int64 = 0, limit: Int64 = 1 << 20) async -> String {
                let source = ViberMedia.Source(link, announcedAt: .now.adding(.seconds(-secondsAgo))).text
                switch await desk.connector.download(source, into: StandInSink(limit: limit)) {
                case .done: return "done"
                case .gone(let reason): return "gone \(reason.code)"
                case .again(let reason, _): return "again \(reason.code)"
                }
            }
            let viber = desk.viber
            #expect(await fetch(viber.hostEndless(named: "a.jpg", mime: "image/jpeg")) == "gone too_large")
            #expect(
                await fetch(viber.host(Self.jpeg, named: "a.jpg", mime: "image/jpeg"), limit: 9) == "gone too_large")
            let missing = "\(viber.baseURL)/media/none/a.jpg"
            #expect(await fetch(missing) == "again http_404")
            #expect(await fetch(missing, secondsAgo: 120) == "gone http_404")
            let flaky = viber.host(Self.jpeg, named: "a.jpg", mime: "image/jpeg", failures: 2)
            #expect(await fetch(flaky) == "again http_503")
            #expect(await fetch(flaky) == "again http_503")
            #expect(await fetch(flaky, secondsAgo: 120) == "done")
            #expect(await fetch("http://127.0.0.1:1/a.jpg", secondsAgo: 30) == "again fetch_connect")
            #expect(await fetch("http://127.0.0.1:1/a.jpg", secondsAgo: 4000) == "gone expired")
        }
    }

    @Test("a redirect into the own network is not followed")
    func redirect() async throws {
        try await Desk.with(settings: ["media.allow_insecure": "false"]) { desk in
            let link = desk.viber.hostRedirect(to: "http://127.0.0.1:9/", named: "a.jpg")
            let source = ViberMedia.Source(link, announcedAt: .now).text
            let outcome = await desk.connector.download(source, into: StandInSink())
            guard case .gone(let reason) = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(reason.code == "refused")
        }
    }

    @Test("a customer of whom no message told it has a picture; asked for a third time, Viber is left alone")
    func avatars() async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            let user = desk.viber.createUser(avatar: "https://media.example/a.jpg")
            try desk.viber.subscribe(user.id)
            #expect(try await desk.connector.avatarSource(of: user.id) == "https://media.example/a.jpg")
            _ = try await desk.connector.avatarSource(of: user.id)
            await #expect(throws: ConnectorFailure.self) { try await desk.connector.avatarSource(of: user.id) }
        }
    }
}
