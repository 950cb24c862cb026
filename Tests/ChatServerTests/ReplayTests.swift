import AgentClient
import ChatServer
import Coordination
import Domain
import JSON
import Postgres
import Store
import TestSupport
import Testing

@Suite("Replay and live events", .timeLimit(.minutes(5)))
struct ReplayTests {
    /// Positions rise, so nothing came twice, and the messages are all there in their order.
    private func check(_ events: [AgentEvent], seqs: ClosedRange<Int64>) {
        let positions = events.compactMap(\.position)
        #expect(zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 || $0 == $1 })
        let messages = events.filter { $0.type == "message.created" }
        #expect(Set(messages.compactMap(\.cursor)).count == messages.count)
        #expect(messages.compactMap(\.seq) == Array(seqs))
    }

    @Test("a replay goes over into live events without gap or double while messages pour in; live comes once")
    func pouring() async throws {
        try await ChatServerFixture.with { f in
            let first = try await f.agent("anna")
            _ = try await f.chat(of: first)
            let cursor = try await f.now()
            await first.close()
            try await f.pour(200)
            async let more: Void = f.pour(400, from: 202)
            let anna = try await f.agent("anna", token: first.token, hello: AgentHello(cursor: cursor))
            #expect(anna.greeting["recovered"]?.bool == true)
            _ = try await anna.collect("message.created", count: 600)
            try await more
            let events = await anna.events
            check(events, seqs: 2...601)
            #expect(events.count { $0.type == "live" } == 1)
        }
    }

    @Test("an agent whose connection breaks goes on at the other ChatServer with nothing lost or doubled")
    func resume() async throws {
        try await ChatServerFixture.with(servers: 2) { f in
            var anna = try await f.agent("anna")
            _ = try await f.chat(of: anna)
            var cursor = try await f.now()
            async let poured: Void = f.pour(300, batch: 3)
            var seen: [AgentEvent] = []
            for round in 1...5 {
                anna.connection.cut()
                anna = try await f.agent("anna", token: anna.token, node: round % 2, hello: AgentHello(cursor: cursor))
                let messages = try await anna.collect("message.created", count: 60)
                seen += messages.prefix(60)
                cursor = try #require(messages[59].cursor)
            }
            try await poured
            check(seen, seqs: 2...301)
        }
    }

    @Test("last is what was acknowledged, by whichever session; without acknowledgement it is now")
    func last() async throws {
        try await ChatServerFixture.with { f in
            let anna = try await f.agent("anna", hello: AgentHello(cursor: "last"))
            #expect(anna.greeting["recovered"]?.bool == true)
            _ = try await f.chat(of: anna)
            try await f.pour(10)
            let messages = try await anna.collect("message.created", count: 10)
            for index in [6, 3] {
                _ = try await anna.request(
                    "session.ack", .params(["cursor": .string(try #require(messages[index].cursor))]))
            }
            let again = try await f.agent("anna", token: anna.token, hello: AgentHello(cursor: "last"))
            let missed = try await again.collect("message.created", count: 3)
            #expect(missed.compactMap(\.seq) == [9, 10, 11])
            let strange = await refusal {
                _ = try await anna.request("session.ack", .params(["cursor": .string("other-1")]))
            }
            #expect(strange?.code == .invalidParams)
        }
    }

    @Test("at: begins with the first event written at or after the moment; in the future it is invalid_params")
    func moment() async throws {
        try await ChatServerFixture.with { f in
            let anna = try await f.agent("anna")
            _ = try await f.chat(of: anna)
            try await f.pour(5)
            let messages = try await anna.collect("message.created", count: 5)
            // Times in frames are cut to milliseconds: begin where the millisecond of the third begins.
            let moment = messages[2].at
            let again = try await f.agent("anna", token: anna.token, hello: AgentHello(cursor: "at:\(moment)"))
            let replayed = try await again.collect("message.created", count: 3)
            #expect(replayed.allSatisfy { $0.at >= moment })
            #expect(replayed.contains { $0.cursor == messages[2].cursor })
            let future = await refusal {
                _ = try await f.agent("anna", token: anna.token, hello: AgentHello(cursor: "at:2999-01-01T00:00:00Z"))
            }
            #expect(future?.code == .invalidParams)
        }
    }

    @Test("another epoch, a position ahead of the log and one that is too old are not recovered")
    func notRecovered() async throws {
        try await ChatServerFixture.with { f in
            let anna = try await f.agent("anna")
            _ = try await f.chat(of: anna)
            let now = try #require(Cursor(text: try await f.now()))
            let cursors = [
                Cursor(epoch: "other", position: now.position), Cursor(epoch: now.epoch, position: now.position + 1),
            ]
            for cursor in cursors {
                let again = try await f.agent(
                    "anna", token: anna.token, hello: AgentHello(cursor: cursor.description))
                #expect(again.greeting["recovered"]?.bool == false)
                #expect(again.greeting["cursor"]?.string == now.description)
                // Nothing is replayed.
                #expect(try await again.next().type == "live")
            }
            _ = try await f.store.pool.query("TRUNCATE event")
            let old = Cursor(epoch: now.epoch, position: now.position - 1)
            let again = try await f.agent("anna", token: anna.token, hello: AgentHello(cursor: old.description))
            #expect(again.greeting["recovered"]?.bool == false)
            let exact = try await f.agent("anna", token: anna.token, hello: AgentHello(cursor: now.description))
            #expect(exact.greeting["recovered"]?.bool == true)
        }
    }

    @Test("without bells everything arrives by polling")
    func polling() async throws {
        try await ChatServerFixture.with(servers: 2, change: { $0.pollEvery = .milliseconds(100) }) { f in
            f.hub.goDown()
            let anna = try await f.agent("anna")
            let chat = try await f.chat(of: anna)
            try await f.pour(3)
            _ = try await anna.collect("message.created", count: 3)
            let boris = try await f.agent("boris", [.supervisor], node: 1)
            _ = try await boris.request("message.send", .send("hi", to: chat, msgID: "b1"))
            let sent = try await anna.next("message.created") { $0.data["msg_id"]?.string == "b1" }
            #expect(sent.data["agent"]?.string == "boris")
        }
    }
}
