import AgentClient
import Domain
import JSON
import Sandbox
import TestSupport
import Testing

extension FaultScenario {
    static let agents = [
        FaultScenario(
            name: "an agent that reads nothing while megabytes come", times: 2, limit: .seconds(3)
        ) { stage in
            try await stage.leaveUnread()
        } mend: { stage in
            await stage.vanished.take()?()
        },
        FaultScenario(name: "an agent that floods with requests", times: 1, limit: .seconds(3)) { stage in
            try await stage.flood()
        } mend: { stage in
            await stage.vanished.take()?()
        },
        FaultScenario(
            name: "10,000 agents lose their ChatServer and come back at once", times: 1, limit: .seconds(10),
            options: {
                var options = World.Options.free(chats: 2)
                options.settingsOf = ["chat": ["limits.sessions_per_token": "20000"]]
                return options
            }
        ) { stage in
            try await stage.stampede(of: 10_000)
        } mend: { stage in
            await stage.vanished.take()?()
            try await stage.restartChats()
        },
    ]
}

extension FaultStage {
    /// A second session of the agent stops reading, more megabytes than its connection takes; it is cut, comes back and has
    /// missed nothing.
    func leaveUnread() async throws {
        let relay = try await TCPRelay.start(to: try await world.daemon("chat-1").ready())
        let slow = Desk(urls: ["http://127.0.0.1:\(relay.port)"], token: world.token)
        let running = Task { try await slow.run() }
        try await slow.connected()
        let from = await desk.events.count
        relay.cut()
        countFromNow()
        // In chats of their own, each in its order.
        let much = try await Traffic.open(world, desk, customers: 4)
        let sending = Task {
            let text = String(repeating: "и так далее, ", count: 300)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for chat in much.chats {
                    group.addTask {
                        for number in 0..<300 {
                            try await self.desk.send("\(Traffic.mark) \(number): \(text)…", to: chat.interaction)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        vanished.put { [self] in
            do {
                try await sending.value
                try await much.settle(within: .seconds(100))
                for leg in try await much.legs() where !leg.isClean {
                    Issue.record("a chat of the slow agent's lost \(leg.lost.count), doubled \(leg.doubled.count)")
                }
                // Past the time in which a socket must take something.
                try await Task.sleep(for: .seconds(12))
            } catch {
                Issue.record(error)
            }
            relay.mend()
            let wanted = await desk.events.dropFirst(from).compactMap { $0.cursor }
            let last = wanted.last
            _ = try? await eventually("the slow one has caught up") {
                await slow.events.contains { $0.cursor == last } ? true : nil
            }
            let got = Set(await slow.events.compactMap(\.cursor))
            let missed = wanted.count { !got.contains($0) }
            #expect(missed == 0, "the slow agent has missed something")
            #expect(await slow.doubledCursors.isEmpty)
            #expect(await slow.returns > 0, "it was cut")
            notes.add("the slow agent was cut, came back and had missed nothing")
            running.cancel()
            _ = try? await running.value
            await relay.stop()
        }
    }

    /// Another agent asks without waiting for answers, far over its bound, until it is cut.
    func flood() async throws {
        let made = try await world.installation.run(["token", "create", "--name", "flood", "--scope", "agent"])
        let token = try #require(made["token"]?.string)
        let url = try #require(try await world.chatURLs().first)
        let flooding = Task { () -> (refused: Int, end: AgentClosed?) in
            let connection = try await AgentConnection.connect(url, token: token)
            _ = try await connection.hello()
            let limit = ContinuousClock.now + .seconds(40)
            let (refused, end) = await withTaskGroup(of: (Int, AgentClosed?).self) { group in
                for _ in 0..<1500 {
                    group.addTask {
                        var refused = 0
                        while ContinuousClock.now < limit {
                            do {
                                _ = try await connection.request("interactions.list")
                            } catch let error as EralinkError where error.code == .rateLimited {
                                refused += 1
                                try? await Task.sleep(for: .milliseconds(200))
                            } catch {
                                return (refused, error as? AgentClosed)
                            }
                        }
                        return (refused, nil)
                    }
                }
                var sum = (0, AgentClosed?.none)
                for await (refused, end) in group { sum = (sum.0 + refused, sum.1 ?? end) }
                return sum
            }
            await connection.close()
            return (refused, end)
        }
        try await Task.sleep(for: .seconds(1))
        vanished.put { [self] in
            guard let came = try? await flooding.value else {
                Issue.record("the flood could not begin")
                return
            }
            #expect(came.end?.code == 4013, "it is cut: \(String(describing: came.end))")
            #expect(came.end?.retryAfterMilliseconds != nil)
            notes.add("closed 4013 after \(came.refused) refusals")
        }
    }

    /// So many sessions of one token; the ChatServer that has them dies, and they come back to the other one.
    func stampede(of count: Int) async throws {
        let urls = try await world.chatURLs()
        let crowd = Crowd(urls: urls, token: world.token)
        try await crowd.open(count)
        let began = ContinuousClock.now
        try await killChat(1)
        vanished.put { [self] in
            _ = try? await eventually("all are back", within: .seconds(120)) {
                await crowd.isWhole ? true : nil
            }
            #expect(await crowd.isWhole)
            notes.add("\(count) sessions were back after \(ContinuousClock.now - began)")
            await crowd.close()
        }
    }
}
