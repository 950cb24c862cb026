import AgentClient
import ChatServer
import Domain
import JSON
import Store
import TestSupport
import Testing
import Web

@Suite("Opening a session", .timeLimit(.minutes(5)))
struct HelloTests {
    @Test("the result says who one is, what one serves and where the log stands")
    func greeting() async throws {
        try await ChatServerFixture.with(change: { $0.filesURL = "https://files.example" }) { f in
            let before = try await f.agent("anna", accounts: ["support"])
            let chat = try await f.chat(of: before)
            let anna = try await f.agent("anna", token: before.token)
            let hello = anna.greeting
            #expect(hello["agent"]?.string == "anna")
            #expect(hello["scopes"] == .array([.string("agent")]))
            #expect(hello["accounts"] == .array([.string("support")]))
            #expect(hello["files_url"]?.string == "https://files.example")
            #expect(hello["recovered"]?.bool == true)
            #expect(hello["interactions"]?[0]?["id"]?.string == chat)
            #expect(hello["interactions_next"]?.isNull == true)
            let now = try await f.now()
            #expect(hello["cursor"]?.string == now)
            let live = try await anna.next()
            #expect(live.type == "live" && live.cursor == now)
        }
    }

    @Test("the token may come in the header, in the frame, or alike in both")
    func places() async throws {
        try await ChatServerFixture.with { f in
            let token = try await f.base.token("anna")
            let inFrame: JSONValue = .params(["token": .string(token)])
            let cases: [(String?, JSONValue)] = [(token, .object([])), (nil, inFrame), (token, inFrame)]
            for (header, params) in cases {
                try await RawAgent.with(port: f.nodes[0].port, token: header) { agent in
                    try await agent.request("1", "session.hello", params)
                    let result = try await agent.next()
                    #expect(result["result"]?["agent"]?.string == "anna")
                }
            }
        }
    }

    @Test("two tokens that differ are invalid_params, and another try may follow")
    func differing() async throws {
        try await ChatServerFixture.with { f in
            let (anna, boris) = (try await f.base.token("anna"), try await f.base.token("boris"))
            try await RawAgent.with(port: f.nodes[0].port, token: anna) { agent in
                try await agent.request("1", "session.hello", .params(["token": .string(boris)]))
                let refused = try await agent.next()
                #expect(refused.errorCode == "invalid_params")
                try await agent.request("2", "session.hello")
                let reply = try await agent.next()
                #expect(reply["result"]?["agent"]?.string == "anna")
            }
        }
    }

    @Test("no token and an unknown one are unauthorized and close 4502", arguments: [nil, "wrong"])
    func unauthorized(token: String?) async throws {
        try await ChatServerFixture.with { f in
            try await RawAgent.with(port: f.nodes[0].port) { agent in
                let params: JSONValue = token.map { .params(["token": .string($0)]) } ?? .object([])
                try await agent.request("1", "session.hello", params)
                let refused = try await agent.next()
                #expect(refused.errorCode == "unauthorized")
                let closed = try await agent.closed()
                #expect(closed.code == 4502)
            }
        }
    }

    @Test("a bad header is refused with 401 before the upgrade")
    func badHeader() async throws {
        try await ChatServerFixture.with { f in
            let port = f.nodes[0].port
            await #expect(throws: RawAgent.Refused(status: 401)) {
                try await RawAgent.with(port: port, token: "wrong") { _ in }
            }
        }
    }

    @Test("whoever says no hello in time is closed 4504")
    func silent() async throws {
        try await ChatServerFixture.with(change: { $0.helloWithin = .milliseconds(100) }) { f in
            let token = try await f.base.token("anna")
            try await RawAgent.with(port: f.nodes[0].port, token: token) { agent in
                let closed = try await agent.closed()
                #expect(closed.code == 4504)
                #expect(closed.reason.contains("retry_after_ms"))
            }
        }
    }

    @Test("before hello every other method is unauthorized; a second hello is a conflict")
    func order() async throws {
        try await ChatServerFixture.with { f in
            let token = try await f.base.token("anna")
            try await RawAgent.with(port: f.nodes[0].port, token: token) { agent in
                for (id, method) in [("1", "agents.list"), ("2", "no.such"), ("3", "message.send")] {
                    try await agent.request(id, method)
                    let refused = try await agent.next()
                    #expect(refused.errorCode == "unauthorized" && refused["id"]?.string == id)
                }
                try await agent.request("4", "session.hello")
                _ = try await agent.reply("4")
                try await agent.request("5", "session.hello")
                let second = try await agent.reply("5")
                #expect(second.errorCode == "conflict")
                try await agent.request("6", "agents.list")
                let answer = try await agent.reply("6")
                #expect(answer["result"]?["agents"]?[0]?["agent"]?.string == "anna")
            }
        }
    }

    @Test("past the sessions of one token hello is rate_limited, then 4013")
    func sessionsPerToken() async throws {
        try await ChatServerFixture.with(change: { $0.sessionsPerToken = 2 }) { f in
            let first = try await f.agent("anna")
            let second = try await f.agent("anna", token: first.token)
            try await RawAgent.with(port: f.nodes[0].port, token: first.token) { agent in
                try await agent.request("1", "session.hello")
                let refused = try await agent.next()
                #expect(refused.errorCode == "rate_limited")
                let closed = try await agent.closed()
                #expect(closed.code == 4013)
            }
            await second.close()
            while f.nodes[0].web.sessions > 1 { try await Task.sleep(for: .milliseconds(5)) }
            let third = try await f.agent("anna", token: first.token)
            #expect(third.greeting["agent"]?.string == "anna")
            await first.close()
        }
    }

    @Test("an exclusive session replaces the agent's others on every ChatServer, and no one else's")
    func exclusive() async throws {
        try await ChatServerFixture.with(servers: 2) { f in
            let here = try await f.agent("anna")
            let there = try await f.agent("anna", token: here.token, node: 1)
            let boris = try await f.agent("boris", node: 1)
            let only = try await f.agent("anna", token: here.token, hello: AgentHello(exclusive: true))
            #expect(try await here.end().code == 4509)
            #expect(try await there.end().code == 4509)
            // A session that comes later may stay beside it; the next exclusive one replaces both.
            let later = try await f.agent("anna", token: here.token, node: 1)
            let next = try await f.agent("anna", token: here.token, node: 1, hello: AgentHello(exclusive: true))
            #expect(try await only.end().code == 4509)
            #expect(try await later.end().code == 4509)
            _ = try await next.request("agents.list")
            _ = try await boris.request("agents.list")
        }
    }

    @Test("of many who want to be the only one at once exactly one stays")
    func exclusiveRace() async throws {
        try await ChatServerFixture.with(servers: 2) { f in
            let token = try await f.base.token("anna")
            let ends = try await withThrowingTaskGroup(of: UInt16?.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        do {
                            let agent = try await f.agent(
                                "anna", token: token, node: number % 2, hello: AgentHello(exclusive: true))
                            // Whoever stays is drained at the end.
                            return try await agent.end().code
                        } catch let closed as AgentClosed {
                            // Replaced while it said hello.
                            return closed.code
                        }
                    }
                }
                var ends: [UInt16?] = []
                while ends.count < 7, let end = try await group.next() { ends.append(end) }
                for node in f.nodes { await node.stop() }
                while let end = try await group.next() { ends.append(end) }
                return ends
            }
            #expect(ends.count { $0 == 4509 } == 7)
            #expect(ends.last == 4001)
        }
    }

    @Test("a revoked token ends its sessions within seconds with 4503, on every ChatServer")
    func revoked() async throws {
        try await ChatServerFixture.with(servers: 2) { f in
            let here = try await f.agent("anna")
            let there = try await f.agent("anna", token: here.token, node: 1)
            let boris = try await f.agent("boris")
            _ = try await f.store.revokeToken("anna", by: "test")
            #expect(try await here.end().code == 4503)
            #expect(try await there.end().code == 4503)
            _ = try await boris.request("agents.list")
        }
    }
}
