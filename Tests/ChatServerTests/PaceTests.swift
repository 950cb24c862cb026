import AgentClient
import ChatServer
import Domain
import JSON
import Store
import TestSupport
import Testing

@Suite("The pace of clients", .timeLimit(.minutes(5)))
struct PaceTests {
    @Test("who does not read for a while is fed from the log afterwards and misses nothing")
    func slowReader() async throws {
        try await ChatServerFixture.with(change: {
            $0.eventsUnread = 20
            $0.bytesUnread = 64 << 10
        }) { f in
            let first = try await f.agent("anna")
            _ = try await f.chat(of: first)
            let count = 900
            let long = String(repeating: "я", count: 4000)
            try await RawAgent.with(port: f.nodes[0].port, token: first.token) { agent in
                try await agent.request("1", "session.hello")
                _ = try await agent.reply("1")
                // More than the sockets' buffers hold; the other session shows that all of it has been handed out.
                async let all = first.collect("message.created", count: count)
                try await f.pour(count, batch: 50, text: long)
                _ = try await all
                var seqs: [Int64] = []
                while seqs.count < count {
                    let frame = try await agent.next()
                    if frame["params"]?["type"]?.string == "message.created",
                        let seq = frame["params"]?["data"]?["seq"]?.int64
                    {
                        seqs.append(seq)
                    }
                }
                #expect(seqs == Array(2...Int64(count + 1)))
                // And it is live again.
                try await f.pour(1, from: count + 2)
                let frame = try await agent.next()
                #expect(frame["params"]?["data"]?["seq"]?.int64 == Int64(count + 2))
            }
        }
    }

    @Test("who asks for much and reads nothing is not asked for more, and gets every answer once it reads")
    func slowAsker() async throws {
        try await ChatServerFixture.with { f in
            let first = try await f.agent("anna")
            let chat = try await f.chat(of: first)
            try await f.pour(30, batch: 30, text: String(repeating: "я", count: 4000))
            _ = try await first.collect("message.created", count: 30)
            try await RawAgent.with(port: f.nodes[0].port, token: first.token) { agent in
                try await agent.request("hello", "session.hello")
                _ = try await agent.reply("hello")
                // Some 24 MB of answers.
                for round in 0..<10 {
                    try await agent.send(
                        (0..<10).map { RawAgent.request("\(round * 10 + $0)", "messages.list", .interaction(chat)) })
                }
                try await Task.sleep(for: .milliseconds(500))
                var answered: Set<String> = []
                while answered.count < 100 {
                    let frame = try await agent.next()
                    guard let id = frame["id"]?.string else { continue }
                    #expect(frame["result"]?["items"]?.array?.count ?? 0 > 20)
                    answered.insert(id)
                }
            }
        }
    }

    @Test("a ChatServer that ends tells its agents, who go on at another one")
    func draining() async throws {
        try await ChatServerFixture.with(servers: 2) { f in
            let anna = try await f.agent("anna")
            let chat = try await f.chat(of: anna)
            let cursor = try await f.now()
            async let stopped: Void = f.nodes[0].stop()
            let told = try await anna.next("draining")
            #expect(try #require(told.data["retry_after_ms"]?.int64) >= 0 && told.cursor == nil)
            let closed = try await anna.end()
            #expect(closed.code == 4001 && closed.retryAfterMilliseconds != nil && closed.mayReconnect)
            await stopped
            try await f.pour(1)
            let again = try await f.agent("anna", token: anna.token, node: 1, hello: AgentHello(cursor: cursor))
            #expect(try await again.next("message.created").interaction == chat)
        }
    }

    @Test("two ChatServers take one inbox under load, each agent sees its chat whole and in order")
    func twoServers() async throws {
        try await ChatServerFixture.with(servers: 2) { f in
            let agents = try await withThrowingTaskGroup(of: TestAgent.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        let agent = try await f.agent("a\(number)", node: number % 2)
                        _ = try await f.chat(of: agent, "\(100 + number)")
                        return agent
                    }
                }
                return try await group.reduce(into: [TestAgent]()) { $0.append($1) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 {
                    group.addTask { try await f.pour(100, chat: "\(100 + number)", batch: 7) }
                }
                for agent in agents {
                    group.addTask {
                        let seqs = try await agent.collect("message.created", count: 100).compactMap(\.seq)
                        #expect(seqs == Array(2...101))
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
