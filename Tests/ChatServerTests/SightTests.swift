import AgentClient
import Coordination
import Domain
import JSON
import Store
import TestSupport
import Testing

@Suite("Who sees what", .timeLimit(.minutes(5)))
struct SightTests {
    @Test("messages go to the chat's agent, waiting chats to everyone, nothing of an account that is not granted")
    func events() async throws {
        try await ChatServerFixture.with(servers: 2) { f in
            _ = try await f.store.addAccount(.named("sales"), by: "test")
            let anna = try await f.agent("anna", accounts: ["support"])
            let boris = try await f.agent("boris", node: 1)
            let zoe = try await f.agent("zoe", accounts: ["sales"], node: 1)
            let chat = try await f.chat(of: anna)
            try await f.pour(1)
            let message = try await anna.next("message.created") { $0.seq == 2 }
            #expect(message.interaction == chat)
            // What all may see ends the wait of those who must not have seen more.
            let sales = try await f.store.account("sales")
            let connector = StandInConnector(
                store: f.store, account: sales, coordination: f.connector.coordination)
            try await connector.receive([.text("hi", chat: "900", external: "1")])
            let mine = try await zoe.next("interaction.created")
            #expect(mine.data["account"]?.string == "sales")
            _ = try await boris.next("interaction.created") { $0.data["account"]?.string == "sales" }
            #expect(await zoe.events.map(\.type).filter { $0 != "live" && $0 != "presence" } == ["interaction.created"])
            #expect(
                await boris.events.map(\.type).filter { $0 != "live" && $0 != "presence" }
                    == ["interaction.created", "interaction.accepted", "interaction.created"])
        }
    }

    @Test("another's account does not exist, whatever is asked for")
    func grants() async throws {
        try await ChatServerFixture.with { f in
            _ = try await f.store.addAccount(.named("sales"), by: "test")
            let anna = try await f.agent("anna", accounts: ["support"])
            let chat = try await f.chat(of: anna)
            let sent = try await anna.request("message.send", .send("hi", to: chat, msgID: "m1"))
            let message = try #require(sent["message"]?["id"])
            let got = try await anna.request("interaction.get", .interaction(chat))
            let customer = try #require(got["customer"]?["id"])
            let zoe = try await f.agent("zoe", [.supervisor], accounts: ["sales"])
            let text: [JSONMember] = JSONValue.send("x", to: chat, msgID: "z").object ?? []
            let calls: [(String, JSONValue)] = [
                ("interaction.get", .interaction(chat)),
                ("interaction.accept", .interaction(chat, version: 2)),
                ("interaction.release", .interaction(chat, version: 2)),
                ("interaction.close", .interaction(chat, version: 2)),
                (
                    "interaction.transfer",
                    .params(["interaction": .string(chat), "version": .integer(2), "to": .string("zoe")])
                ),
                (
                    "interaction.start",
                    .params(["account": .string("support"), "to": .params(["external_id": .string("1")])])
                ),
                ("message.send", .object(text)),
                ("message.cancel", .params(["message": message])), ("message.retry", .params(["message": message])),
                ("message.delete", .params(["message": message])),
                ("messages.list", .interaction(chat)),
                ("read.mark", .params(["interaction": .string(chat), "seq": .integer(1)])),
                ("typing.set", .params(["interaction": .string(chat), "on": .bool(true)])),
                ("customer.get", .params(["customer": customer])),
                ("customer.update", .params(["customer": customer, "note": .string("x")])),
                ("customer.ask_phone", .params(["interaction": .string(chat), "msg_id": .string("p")])),
                ("capabilities.get", .params(["account": .string("support")])),
                ("interactions.list", .params(["account": .string("support")])),
                ("watch.start", .params(["accounts": .array([.string("support")])])),
                ("watch.start", .params(["interactions": .array([.string(chat)])])),
            ]
            for (method, params) in calls {
                let error = await refusal { _ = try await zoe.request(method, params) }
                #expect(error?.code == .notFound, "\(method): \(String(describing: error))")
            }
            #expect(try await zoe.request("interactions.list")["items"]?.array?.isEmpty == true)
            #expect(
                try await zoe.request("agents.list")["agents"]?.array?.compactMap { $0["agent"]?.string } == ["zoe"])
        }
    }

    @Test("what is another's is forbidden to agents and allowed to supervisors")
    func forbidden() async throws {
        try await ChatServerFixture.with { f in
            let anna = try await f.agent("anna")
            let chat = try await f.chat(of: anna)
            let boris = try await f.agent("boris")
            for (method, params) in [
                ("message.send", JSONValue.send("x", to: chat, msgID: "b")),
                ("interaction.close", .interaction(chat, version: 2)),
                ("watch.start", .params(["interactions": .array([.string(chat)])])),
            ] {
                #expect(await refusal { _ = try await boris.request(method, params) }?.code == .forbidden, "\(method)")
            }
            let hello = AgentHello(watch: .params(["accounts": .array([.string("support")])]))
            #expect(
                await refusal { _ = try await f.agent("boris", token: boris.token, hello: hello) }?.code == .forbidden)
            let chief = try await f.agent("chief", [.supervisor])
            _ = try await chief.request("message.send", .send("x", to: chat, msgID: "c"))
            #expect(try await anna.next("message.created") { $0.seq == 2 }.data["agent"]?.string == "chief")
            #expect(try await chief.next("message.created").seq == 2)
        }
    }

    @Test("a supervisor's watch shows others' events from its cursor on until it ends")
    func watch() async throws {
        try await ChatServerFixture.with { f in
            let anna = try await f.agent("anna")
            let chat = try await f.chat(of: anna)
            let chief = try await f.agent("chief", [.supervisor])
            try await f.pour(1, from: 2)
            _ = try await anna.next("message.created") { $0.seq == 2 }
            let watch: JSONValue = .params(["agents": .array([.string("anna")])])
            let started = try await chief.request("watch.start", watch)
            let from = try #require(started["cursor"]?.string.flatMap { Cursor(text: $0) })
            try await f.pour(1, from: 3)
            let seen = try await chief.next("message.created")
            #expect(seen.seq == 3)
            #expect(try #require(seen.position) > from.position)
            _ = try await chief.request("watch.stop", watch)
            try await f.pour(1, from: 4)
            _ = try await anna.next("message.created") { $0.seq == 4 }
            let by: JSONValue = .params(["interactions": .array([.string(chat)])])
            _ = try await chief.request("watch.start", by)
            try await f.pour(1, from: 5)
            #expect(try await chief.next("message.created").seq == 5)
            // In hello it holds for the replay too.
            let hello = AgentHello(
                cursor: from.description, watch: .params(["accounts": .array([.string("support")])]))
            let again = try await f.agent("chief", token: chief.token, hello: hello)
            #expect(try await again.collect("message.created", count: 3).compactMap(\.seq) == [3, 4, 5])
        }
    }

    @Test("presence is told to those who share an account, on whatever ChatServer")
    func presence() async throws {
        try await ChatServerFixture.with(servers: 2) { f in
            _ = try await f.store.addAccount(.named("sales"), by: "test")
            let anna = try await f.agent("anna", accounts: ["support"])
            let boris = try await f.agent("boris", node: 1)
            let zoe = try await f.agent("zoe", accounts: ["sales"], node: 1)
            _ = try await anna.request(
                "presence.set", .params(["state": .string("away"), "reason": .string("lunch")]))
            let told = try await boris.next("presence")
            #expect(told.data["agent"]?.string == "anna" && told.data["state"]?.string == "away")
            #expect(told.cursor == nil)
            _ = try await boris.request("presence.set", .params(["state": .string("online")]))
            #expect(try await zoe.next("presence").data["agent"]?.string == "boris")
            #expect(try await anna.next("presence").data["agent"]?.string == "boris")
            let listed = try await boris.request("agents.list")["agents"]?.array ?? []
            #expect(listed.first { $0["agent"]?.string == "anna" }?["state"]?.string == "away")
        }
    }

    @Test("who serves a chat, and who is there, is shown in ZooKeeper as long as it is so")
    func registrations() async throws {
        try await ChatServerFixture.with { f in
            let anna = try await f.agent("anna")
            let chat = try await f.chat(of: anna)
            let number = try #require(Int64(chat))
            _ = try await anna.next("interaction.accepted")
            #expect(f.hub.servedInteractions[number]?.agent == "anna")
            #expect(f.hub.agentsOnline == ["anna"])
            _ = try await anna.request("interaction.close", .interaction(chat, version: 2))
            _ = try await anna.next("interaction.closed")
            #expect(f.hub.servedInteractions.isEmpty)
            await anna.close()
            while !f.hub.agentsOnline.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        }
    }
}
