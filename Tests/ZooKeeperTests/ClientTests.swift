import Sandbox
import TestSupport
import Testing
import ZooKeeper

@Suite("The client", .timeLimit(.minutes(2)))
struct ClientTests {
    @Test("down at the start, then up")
    func downThenUp() async throws {
        try await TestZooKeeper.withServer { zooKeeper in
            await zooKeeper.members[0].kill()
            let client = ZooKeeperClient(
                try ZooKeeperConfiguration(connect: "\(zooKeeper.connect)/x/y"), logger: .quiet)
            #expect(throws: ZooKeeperError.self) { try client.session() }
            try await running(client) {
                let down = await first(of: client.states()) {
                    if case .down(let reason) = $0 { reason.contains(zooKeeper.connect) } else { false }
                }
                #expect(down != nil)
                try await zooKeeper.members[0].start()
                #expect(try await up(client)?.exists("/") != nil)
            }
            #expect(throws: ZooKeeperError.self) { try client.session() }
        }
    }

    @Test("a host without an address is reported and asked for again")
    func unresolvable() async throws {
        let client = ZooKeeperClient(try ZooKeeperConfiguration(connect: "no-such-host.invalid"), logger: .quiet)
        try await running(client) {
            let down = await first(of: client.states()) {
                if case .down(let reason) = $0 { reason.contains("no address") } else { false }
            }
            #expect(down != nil)
        }
    }

    @Test("an expired session is followed by another")
    func expiry() async throws {
        try await TestZooKeeper.withServer { zooKeeper in
            let client = ZooKeeperClient(
                try ZooKeeperConfiguration(connect: "\(zooKeeper.connect)/c", sessionTimeout: .seconds(2)),
                logger: .quiet)
            try await running(client) {
                let one = await up(client)
                var other: ZooKeeperClient.State?
                // A server that wakes may hear its clients before it looks at the clock: then nothing has expired.
                for _ in 0..<6 where other == nil {
                    await zooKeeper.members[0].pause()
                    _ = await first(of: client.states()) { if case .down = $0 { true } else { false } }
                    try await Task.sleep(for: .seconds(3))
                    zooKeeper.members[0].resume()
                    other = await first(of: client.states(), within: .seconds(6)) { state in
                        if case .up(let session) = state { session.number != one?.number } else { false }
                    }
                }
                #expect(other != nil)
                #expect(try await client.session().exists("/") != nil)
            }
        }
    }

    @Test("cancelled with calls in flight: all end, the session is closed")
    func cancelled() async throws {
        let client = ZooKeeperClient(
            try ZooKeeperConfiguration(connect: try await TestZooKeeper.connect()), logger: .quiet)
        let run = Task { await client.run() }
        let session = try #require(await up(client))
        let calls = (0..<500).map { index in Task { try await session.create("/n\(index)") } }
        run.cancel()
        await run.value
        for call in calls { _ = await call.result }
        #expect(session.state == .closed)
    }

    @Test("work is begun on each connection and cancelled when it is lost")
    func whileUp() async throws {
        try await TestZooKeeper.withServer { zooKeeper in
            let client = ZooKeeperClient(try ZooKeeperConfiguration(connect: zooKeeper.connect), logger: .quiet)
            let (events, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(100))
            try await running(client) {
                let work = Task {
                    await client.whileUp { _ in
                        continuation.yield("begun")
                        try? await Task.sleep(for: .seconds(600))
                        continuation.yield("ended")
                    }
                }
                var iterator = events.makeAsyncIterator()
                #expect(await iterator.next() == "begun")
                await zooKeeper.members[0].kill()
                #expect(await iterator.next() == "ended")
                try await zooKeeper.members[0].start()
                #expect(await iterator.next() == "begun")
                work.cancel()
                #expect(await iterator.next() == "ended")
                await work.value
            }
        }
    }

    private func up(_ client: ZooKeeperClient) async -> ZooKeeperSession? {
        let state = await first(of: client.states()) { if case .up = $0 { true } else { false } }
        if case .up(let session) = state { return session }
        return nil
    }

    private func running(_ client: ZooKeeperClient, _ body: () async throws -> Void) async throws {
        // Waited for below.
        let run = Task { await client.run() }
        do { try await body() } catch { Issue.record(error) }
        run.cancel()
        await run.value
    }
}
