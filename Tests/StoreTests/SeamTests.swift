import AgentProtocol
import Domain
import JSON
import Postgres
import TestSupport
import Testing

@testable import Store

/// What connectors hand over beside messages: reactions, presses, profiles, pictures, edits of media.
@Suite("From the inbox: reactions, presses, profiles, media", .timeLimit(.minutes(5)))
struct SeamTests {
    static let anna = Actor.agent("anna")

    private func photo(
        _ external: String, source: String, unique: String?, caption: String? = nil
    ) -> IncomingMessage {
        var media = MediaContent(file: .unassigned)
        media.caption = caption
        media.width = 90
        return IncomingMessage(
            externalID: external, content: .media(.image, media),
            file: IncomingFile(source: source, uniqueKey: unique, name: "p.jpg", mime: "image/jpeg", size: 10))
    }

    private func media(_ message: Message) throws -> MediaContent {
        guard case .media(_, let media) = try Content(kind: message.kind, bytes: message.content) else {
            throw EralinkError(.internal, "not a media message")
        }
        return media
    }

    @Test("a reaction is an event with the full set, also to a message that becomes known later")
    func reactions() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let position = try await f.lastPosition()
            func react(_ emojis: [String], to external: String, key: String) -> Inbound {
                Inbound(key: key, chat: "100", event: .reaction(externalID: external, emojis: emojis))
            }
            try await f.connector.receive([
                react(["👍", "❤️"], to: "1", key: "r1"), react([], to: "1", key: "r2"), react(["🔥"], to: "2", key: "r3"),
            ])
            try await f.ingestAll()
            try await f.connector.receive([.text("later", chat: "100", external: "2")])
            try await f.ingestAll()
            let events = try await f.events(after: position).filter { $0.type == .messageReaction }
            let told = try events.map { try JSONValue(parsing: $0.data) }
            #expect(
                told.map { $0["emojis"]?.array?.compactMap(\.string) ?? ["none"] } == [["👍", "❤️"], [], ["🔥"]])
            #expect(told.map { $0["seq"]?.int64 } == [1, 1, 2])
            #expect(told.allSatisfy { $0["customer"]?.string == chat.customer.id.description })
            #expect(events.allSatisfy { $0.agent == "anna" && $0.interaction == chat.id })
        }
    }

    @Test("a press is a message and an event, which name the message whose button it was")
    func presses() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            let sent = try await f.sent(in: chat, as: Self.anna, by: try await f.connector.lead())
            let position = try await f.lastPosition()
            try await f.connector.receive([
                .press("cb1", data: "yes", pressed: "ext-\(sent.id)-1"), .press("cb2", pressed: "unknown"),
            ])
            try await f.ingestAll()
            let events = try await f.events(after: position)
            #expect(events.map(\.type) == [.messageCreated, .callbackReceived, .messageCreated, .callbackReceived])
            let first = try JSONValue(parsing: events[1].data)
            #expect(first["callback"]?.string == "cb1" && first["data"]?.string == "yes")
            #expect(first["message"]?.string == sent.id.description)
            #expect(first["customer"]?.string == chat.customer.id.description)
            #expect(try JSONValue(parsing: events[3].data)["message"] == nil)
            let message = try #require(try await f.messages(of: chat).first { $0.kind == .callback })
            #expect(
                try Content(kind: .callback, bytes: message.content)
                    == .callback(.init(id: "cb1", data: "yes", message: sent.id)))
        }
    }

    @Test("the customer's own phone is kept, found by, and goes to whom it was last named with")
    func phones() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            _ = try await f.newChat("200")
            func own(_ phone: String, _ chat: String, _ key: String) -> Inbound {
                Inbound(key: key, chat: chat, profile: CustomerProfile(phone: phone), event: .profile)
            }
            let position = try await f.lastPosition()
            try await f.connector.receive([own("+79161234567", "100", "p1")])
            try await f.ingestAll()
            #expect(try await f.events(after: position).map(\.type) == [.customerUpdated, .interactionUpdated])
            let raised = try await f.store.interaction(chat.id, for: Self.anna)
            #expect(raised.customer.phone == "+79161234567" && raised.version == chat.version + 1)
            #expect(try await f.messages(of: chat).count == 1)
            func start() async throws -> String {
                try await f.store.start(
                    StartDraft(
                        actor: .supervisor("chief"), account: "support", to: .phone("+79161234567"), take: false,
                        message: nil)
                ) { _, draft in [draft.asItIs] }.interaction.customer.externalID
            }
            #expect(try await start() == "100")
            try await f.connector.receive([own("+79161234567", "200", "p2")])
            try await f.ingestAll()
            #expect(try await start() == "200")
        }
    }

    @Test("another picture than before makes a new file to be fetched; the same one none")
    func avatars() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            func seen(_ source: String, _ key: String) -> Inbound {
                Inbound(key: key, chat: "100", profile: CustomerProfile(avatarSource: source), event: .profile)
            }
            try await f.connector.receive([seen("https://a/1", "a1"), seen("https://a/1", "a2")])
            try await f.ingestAll()
            let first = try await f.store.interaction(chat.id, for: Self.anna).customer.avatar
            #expect(try await f.count("SELECT count(*) FROM file WHERE role = 'avatar' AND state = 'pending'") == 1)
            try await f.connector.receive([seen("https://a/2", "a3")])
            try await f.ingestAll()
            let second = try await f.store.interaction(chat.id, for: Self.anna).customer.avatar
            #expect(first != nil && second != nil && first != second)
            #expect(try await f.count("SELECT count(*) FROM file WHERE role = 'avatar'") == 2)
        }
    }

    @Test("a media message has its file announced, and says so when it is there")
    func files() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            try await f.connector.receive([
                Inbound(key: "m2", chat: "100", event: .message(photo("2", source: "abc", unique: "u", caption: "hi")))
            ])
            try await f.ingestAll()
            let announced = try media(try #require(try await f.messages(of: chat).last))
            #expect(announced.state == .pending && announced.mime == "image/jpeg" && announced.caption == "hi")
            #expect(
                try await f.count("SELECT count(*) FROM file WHERE id = \(announced.file) AND source = 'abc'") == 1)
            let position = try await f.lastPosition()
            let stored = StoredFile(
                id: announced.file, account: "support", state: .ready, name: "p.png", mime: "image/png", size: 12)
            try await f.connector.receive([Inbound(key: nil, chat: "100", event: .file(stored))])
            try await f.ingestAll()
            let events = try await f.events(after: position)
            #expect(events.map(\.type) == [.fileUpdated] && events[0].agent == "anna")
            #expect(try JSONValue(parsing: events[0].data)["state"]?.string == "ready")
            let ready = try media(try #require(try await f.messages(of: chat).last))
            #expect(ready.state == .ready && ready.mime == "image/png" && ready.size == 12 && ready.caption == "hi")
        }
    }

    @Test("an edit of a caption keeps the file; one of the picture brings another", arguments: [true, false])
    func edits(atOnce: Bool) async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            func edit(_ message: IncomingMessage, _ key: String) -> Inbound {
                Inbound(key: key, chat: "100", providerAt: .now, event: .edit(message))
            }
            let first = Inbound(
                key: "m2", chat: "100", event: .message(photo("2", source: "s1", unique: "u1", caption: "a")))
            if atOnce {
                try await f.connector.receive([first, edit(photo("2", source: "s2", unique: "u1", caption: "b"), "e1")])
                try await f.ingestAll()
            } else {
                try await f.connector.receive([first])
                try await f.ingestAll()
                try await f.connector.receive([edit(photo("2", source: "s2", unique: "u1", caption: "b"), "e1")])
                try await f.ingestAll()
            }
            let message = try #require(try await f.messages(of: chat).last)
            let same = try media(message)
            #expect(same.caption == "b" && message.editedAt != nil)
            #expect(try await f.count("SELECT count(*) FROM file") == 1)
            #expect(try await f.count("SELECT count(*) FROM message WHERE file_id = \(same.file)") == 1)
            try await f.connector.receive([edit(photo("2", source: "s3", unique: "u2", caption: "b"), "e2")])
            try await f.ingestAll()
            let other = try media(try #require(try await f.messages(of: chat).last))
            #expect(other.file != same.file && other.state == .pending)
            #expect(try await f.count("SELECT count(*) FROM file WHERE id = \(other.file) AND source = 's3'") == 1)
            #expect(try await f.count("SELECT count(*) FROM message WHERE file_id = \(other.file)") == 1)
        }
    }
}
