import AgentProtocol
import Domain
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("Taking the inbox", .timeLimit(.minutes(5)))
struct IngestTests {
    @Test("a stranger's first message makes a customer, a waiting chat and two events in this order")
    func newChat() async throws {
        try await StoreFixture.with { f in
            let profile = CustomerProfile(name: "Ivan", username: "ivan", language: "ru")
            try await f.connector.receive([.text("hello", chat: "100", external: "1", profile: profile)])
            let events = try await f.ingestAll()
            // A customer whom nobody knew is told by the chat.
            #expect(events.map(\.type).filter { $0 != .customerUpdated } == [.interactionCreated, .messageCreated])
            let chat = try await f.openChat("100")
            #expect(chat.state == .waiting)
            #expect(chat.version == 1)
            #expect(chat.lastSeq == 1)
            #expect(chat.customer.name == "Ivan")
            #expect(chat.customer.language == "ru")
            #expect(chat.firstCustomerAt != nil && chat.firstCustomerAt == chat.lastCustomerAt)
            let message = try #require(try await f.messages(of: chat).first)
            #expect(message.seq == 1 && message.direction == .incoming && message.text == "hello")
            #expect(message.state == .received && message.parts.map(\.externalID) == ["1"])
            #expect(try await f.count("SELECT count(*) FROM inbox") == 0)
        }
    }

    @Test("the second message goes into the same chat and leaves its version alone")
    func secondMessage() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            try await f.connector.receive([.text("again", chat: "100", external: "2")])
            let events = try await f.ingestAll()
            #expect(events.map(\.type) == [.messageCreated])
            let now = try await f.openChat("100")
            #expect(now.id == chat.id && now.version == chat.version && now.lastSeq == 2)
        }
    }

    @Test("a replay stores nothing, whether it comes in one batch, in another or beside itself")
    func replays() async throws {
        try await StoreFixture.with { f in
            let item = Inbound.text("hello", chat: "100", external: "1")
            #expect(try await f.connector.receive([item, item]) != nil)
            #expect(try await f.connector.receive([item]) == nil)
            let (connector, other) = (f.connector, Inbound.text("hi", chat: "100", external: "2"))
            let stored = try await withThrowingTaskGroup(of: Int64?.self) { group in
                for _ in 0..<8 { group.addTask { try await connector.receive([other]) } }
                return try await group.compactMap { $0 }.reduce(into: [Int64]()) { $0.append($1) }
            }
            #expect(stored.count == 1)
            try await f.ingestAll()
            #expect(try await f.openChat("100").lastSeq == 2)
        }
    }

    @Test("an edit changes the message and is told once; an edit that changes nothing is not told")
    func edits() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            try await f.connector.receive([
                .edit("hello!", chat: "100", external: "1", key: "e1"),
                .edit("hello!", chat: "100", external: "1", key: "e2"),
            ])
            #expect(try await f.ingestAll().map(\.type) == [.messageEdited])
            let message = try #require(try await f.messages(of: chat).first)
            #expect(message.text == "hello!" && message.editedAt != nil)
        }
    }

    @Test("an edit in the batch of its message is told after it, and only the new text is kept")
    func editInSameBatch() async throws {
        try await StoreFixture.with { f in
            try await f.connector.receive([
                .text("hello", chat: "100", external: "1"), .edit("bye", chat: "100", external: "1", key: "e1"),
            ])
            #expect(
                try await f.ingestAll().map(\.type) == [.interactionCreated, .messageCreated, .messageEdited])
            #expect(try await f.messages(of: f.openChat("100")).map(\.text) == ["bye"])
        }
    }

    @Test("an edit that comes before its message waits without holding up the chat, then takes effect")
    func earlyEdit() async throws {
        try await StoreFixture.with { f in
            _ = try await f.newChat()
            try await f.connector.receive([
                .edit("new words", chat: "100", external: "2", key: "e2"),
                .text("third", chat: "100", external: "3"),
            ])
            try await f.ingestAll()
            #expect(try await f.count("SELECT count(*) FROM inbox WHERE deferred") == 1)
            try await f.connector.receive([.text("old words", chat: "100", external: "2")])
            try await f.ingestAll()
            #expect(try await f.messages(of: f.openChat("100")).map(\.text) == ["hello", "third", "new words"])
            #expect(try await f.count("SELECT count(*) FROM inbox") == 0)
        }
    }

    @Test("what waited ten minutes for its message is given up and counted")
    func impatience() async throws {
        try await StoreFixture.with { f in
            _ = try await f.newChat()
            try await f.connector.receive([.edit("never", chat: "100", external: "9", key: "e9")])
            _ = try await f.store.pool.query("UPDATE inbox SET received_at = now() - interval '11 minutes'")
            let report = try #require(try await f.store.ingest(limit: 10))
            #expect(report.dropped == ["message never came": 1])
            #expect(try await f.count("SELECT count(*) FROM inbox") == 0)
        }
    }

    @Test("a reply names the message that it answers where it is known, and what the messenger said where not")
    func replies() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            try await f.connector.receive([
                .text("yes", chat: "100", external: "2", reply: .init(externalID: "1", preview: "hello")),
                .text("what?", chat: "100", external: "3", reply: .init(externalID: "77", preview: "long ago")),
                .text("no", chat: "100", external: "4", reply: .init(externalID: "3", preview: "what?")),
            ])
            try await f.ingestAll()
            let messages = try await f.messages(of: chat)
            #expect(messages[1].replyTo?.id == messages[0].id)
            #expect(messages[2].replyTo?.id == nil && messages[2].replyTo?.externalID == "77")
            #expect(messages[2].replyTo?.preview == "long ago")
            #expect(messages[3].replyTo?.id == messages[2].id)
        }
    }

    @Test("a changed name raises the version and is told as customer.updated, then interaction.updated")
    func profileChange() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            let profile = CustomerProfile(name: "New Name")
            try await f.connector.receive([.text("2", chat: "100", external: "2", profile: profile)])
            #expect(
                try await f.ingestAll().map(\.type) == [.customerUpdated, .interactionUpdated, .messageCreated])
            try await f.connector.receive([.text("3", chat: "100", external: "3", profile: profile)])
            #expect(try await f.ingestAll().map(\.type) == [.messageCreated])
            let now = try await f.openChat("100")
            #expect(now.version == chat.version + 1 && now.customer.name == "New Name")
        }
    }

    @Test("who blocked the account is blocked until the next message")
    func blocking() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            try await f.connector.receive([.blocked(true, chat: "100", key: "b1")])
            #expect(try await f.ingestAll().map(\.type) == [.customerUpdated, .interactionUpdated])
            #expect(try await f.openChat("100").customer.blocked)
            try await f.connector.receive([.text("back", chat: "100", external: "2")])
            try await f.ingestAll()
            let now = try await f.openChat("100")
            #expect(!now.customer.blocked && now.version == chat.version + 2)
        }
    }

    @Test("a block by a stranger makes no chat")
    func blockedStranger() async throws {
        try await StoreFixture.with { f in
            try await f.connector.receive([.blocked(true, chat: "900", key: "b1")])
            try await f.ingestAll()
            #expect(try await f.count("SELECT count(*) FROM interaction") == 0)
            #expect(try await f.count("SELECT count(*) FROM customer WHERE blocked") == 1)
        }
    }

    @Test("a message after close opens a new waiting chat with seq from 1")
    func afterClose() async throws {
        try await StoreFixture.with { f in
            let anna = Actor.agent("anna")
            let chat = try await f.chat(of: anna)
            _ = try await f.store.change(chat.id, version: chat.version, by: anna, .close(note: nil))
            let next = try await f.newChat(text: "me again", external: "2")
            #expect(next.id != chat.id && next.lastSeq == 1 && next.state == .waiting)
            #expect(next.customer.id == chat.customer.id)
        }
    }

    @Test("a chat that is closed while its message waits for the lock: the message opens a new one, nothing is lost")
    func closedMeanwhile() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            try await f.connector.receive([.text("late", chat: "100", external: "2")])
            let events = try await f.store.pool.transaction { tx in
                _ = try await tx.query(
                    "UPDATE interaction SET state = 'closed', closed_at = now() WHERE id = \(chat.id)")
                async let taken = f.store.ingest(limit: 10)
                try await f.untilBlocked()
                try await tx.commit()
                return try await taken?.events ?? []
            }
            #expect(events.map(\.type) == [.interactionCreated, .messageCreated])
            let next = try await f.openChat("100")
            #expect(next.id != chat.id)
            #expect(try await f.messages(of: next).map(\.text) == ["late"])
        }
    }

    @Test("messages of many chats in one batch keep their order in each")
    func manyChats() async throws {
        try await StoreFixture.with { f in
            try await f.connector.receive(
                (0..<300).map { .text("\($0)", chat: "\(100 + $0 % 7)", external: "\($0)") })
            try await f.ingestAll(limit: 50)
            for number in 0..<7 {
                let chat = try await f.openChat("\(100 + number)")
                let messages = try await f.messages(of: chat)
                #expect(messages.map(\.seq) == Array(1...chat.lastSeq))
                #expect(messages.compactMap(\.text) == (0..<300).filter { $0 % 7 == number }.map { "\($0)" })
            }
        }
    }
}
