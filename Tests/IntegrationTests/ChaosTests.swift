import Glibc
import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("Anything dies at any moment")
    struct Chaos {
        @Test("connectors and ChatServers are killed in turn while texts flow: the total queues stay clean")
        func everythingDies() async throws {
            try await World.with(.free(chats: 2)) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 4)
                    async let more: Void = traffic.run(rounds: 0..<60, every: .milliseconds(200))
                    for number in [1, 2, 1] {
                        try await Task.sleep(for: .milliseconds(Int64.random(in: 700...1500)))
                        let chat = try world.daemon("chat-\(number)")
                        let port = try await chat.ready()
                        await chat.kill()
                        let active = try await world.activeConnector()
                        await active.kill()
                        // On the port that its agents know.
                        try world.startChat(number, port: port)
                        try world.startConnector(active.name.hasSuffix("1") ? 1 : 2)
                        _ = try await world.activeConnector()
                    }
                    try await more
                    try await traffic.settle(within: .seconds(90))
                    var doubled: [String] = []
                    for leg in try await traffic.legs() where leg.name.hasSuffix("agent → customer") {
                        doubled += leg.doubled
                    }
                    print("three rounds of kill -9: \(doubled.count) texts came twice to a customer")
                    try await traffic.expectClean { leg in
                        leg.name.hasSuffix("agent → customer") && leg.lost.isEmpty && leg.disordered.isEmpty
                            && leg.strange.isEmpty
                    }
                    for text in doubled { #expect(try await world.attempts(of: text).contains("lost")) }
                }
            }
        }
    }
}
