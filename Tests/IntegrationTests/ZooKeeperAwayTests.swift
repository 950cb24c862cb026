import AgentClient
import Domain
import JSON
import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("ZooKeeper is away")
    struct ZooKeeperAway {
        @Test("from the start: every daemon starts and texts flow by polling; all register when it comes")
        func fromTheStart() async throws {
            try await TestZooKeeper.withServer { zooKeeper in
                let member = zooKeeper.members[0]
                await member.kill()
                var options = World.Options.free(chats: 2)
                options.ownZooKeeper = zooKeeper
                try await World.with(options) { world in
                    try await world.withDesk { desk in
                        let traffic = try await Traffic.open(world, desk, customers: 2)
                        let latency = try await traffic.latency()
                        print("without zookeeper: in \(latency.incoming), out \(latency.outgoing)")
                        #expect(latency.incoming < .seconds(3))
                        #expect(latency.outgoing < .seconds(3))
                        try await traffic.run(rounds: 0..<5)
                        try await traffic.settle()
                        try await traffic.expectClean()
                        try await member.start()
                        for daemon in world.installation.all { try await daemon.logged("zookeeper is up") }
                        try await traffic.run(rounds: 5..<8)
                        try await traffic.settle()
                        try await traffic.expectClean()
                    }
                }
            }
        }

        @Test("in mid-run, by a crash and by hanging: nothing is lost, the speaker stays the speaker, it goes on after")
        func inMidRun() async throws {
            try await TestZooKeeper.withServer { zooKeeper in
                let member = zooKeeper.members[0]
                var options = World.Options.free(chats: 2)
                options.ownZooKeeper = zooKeeper
                try await World.with(options) { world in
                    try await world.withDesk { desk in
                        let traffic = try await Traffic.open(world, desk, customers: 3)
                        async let more: Void = traffic.run(rounds: 0..<40, every: .milliseconds(200))
                        let active = try await world.activeConnector()
                        await member.kill()
                        try await Task.sleep(for: .seconds(4))
                        #expect(try await world.activeConnector().name == active.name)
                        try await member.start()
                        try await Task.sleep(for: .seconds(1))
                        await member.pause()
                        try await Task.sleep(for: .seconds(4))
                        member.resume()
                        try await more
                        try await traffic.settle()
                        try await traffic.expectClean()
                        #expect(try await world.activeConnector().name == active.name)
                        #expect(await desk.returns == 0)
                        #expect(world.installation.all.allSatisfy { $0.isRunning })
                    }
                }
            }
        }
    }
}

extension Traffic {
    /// How long one text takes each way in the first chat, when nothing else goes on.
    func latency() async throws -> (incoming: Duration, outgoing: Duration) {
        let chat = chats[0]
        let clock = ContinuousClock()
        let incoming = try await clock.measure {
            let text = "\(Self.mark), сколько времени? \(clock.now)"
            try write(text, from: chat.customer)
            _ = try await desk.event("message.created") { $0.data["text"]?["text"]?.string == text }
        }
        let before = try world.telegram.sent(to: chat.customer).count
        let outgoing = try await clock.measure {
            try await desk.send("\(Self.mark), полдень \(clock.now)", to: chat.interaction)
            try await world.telegram.sent(to: chat.customer, atLeast: before + 1, seconds: 30)
        }
        return (incoming, outgoing)
    }
}
