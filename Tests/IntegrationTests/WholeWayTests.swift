import AgentClient
import JSON
import Sandbox
import Testing

extension ProcessTests {
    @Suite("The whole way")
    struct WholeWay {
        @Test("texts go both ways between many customers and an agent, exact, in order, once")
        func bothWays() async throws {
            try await World.with(.free(chats: 2)) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 4)
                    try await traffic.run(rounds: 0..<10)
                    try await traffic.settle()
                    try await traffic.expectClean()
                    for chat in traffic.chats { try await expectReceipts(desk, chat) }
                }
            }
        }

        @Test("a text on an idle installation is there at once, by the bells and not by the polls")
        func idleLatency() async throws {
            try await World.with(.free()) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 1)
                    var (incoming, outgoing): ([Duration], [Duration]) = ([], [])
                    for _ in 0..<15 {
                        let latency = try await traffic.latency()
                        incoming.append(latency.incoming)
                        outgoing.append(latency.outgoing)
                    }
                    print("idle latency: in \(incoming.sorted()[7]), out \(outgoing.sorted()[7])")
                    // A poll would make it half a second.
                    #expect(incoming.sorted()[7] < .milliseconds(250))
                    #expect(outgoing.sorted()[7] < .milliseconds(250))
                }
            }
        }

        private func expectReceipts(_ desk: Desk, _ chat: Traffic.Chat) async throws {
            let ids = await desk.events.filter {
                $0.type == "message.created" && $0.interaction == chat.interaction
                    && $0.data["direction"]?.string == "out"
            }.compactMap { $0.data["id"]?.string }
            #expect(ids.count == 10)
            for id in ids {
                _ = try await desk.event("message.status", within: .seconds(10)) {
                    $0.data["message"]?.string == id && $0.data["state"]?.string == "sent"
                }
            }
        }
    }
}

extension World.Options {
    /// Without the limits of the messenger, so that a test is not about them.
    static func free(chats: Int = 1) -> World.Options {
        var options = World.Options()
        options.chats = chats
        options.settings = ["rate=0", "rate_per_chat=0"]
        options.rates = nil
        return options
    }
}
