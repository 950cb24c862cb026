import Sandbox
import Testing

extension ProcessTests {
    @Suite("A ChatServer fails")
    struct ChatServerFailure {
        @Test(
            "after kill -9 the agent goes on at the other one, nothing skipped, nothing twice",
            arguments: [
                World.EndingSignal.kill, .terminate,
            ])
        func ended(by signal: World.EndingSignal) async throws {
            try await World.with(.free(chats: 2)) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 3)
                    async let more: Void = traffic.run(rounds: 0..<30, every: .milliseconds(100))
                    try await Task.sleep(for: .seconds(1))
                    // The desk begins at the first one.
                    let first = try world.daemon("chat-1")
                    first.signal(signal.rawValue)
                    try await more
                    try await traffic.settle()
                    try await traffic.expectClean()
                    #expect(await desk.returns >= 1)
                    try await eventually("it has ended") { first.isRunning ? nil : true }
                }
            }
        }
    }
}
