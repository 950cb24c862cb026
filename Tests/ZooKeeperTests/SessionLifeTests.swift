import Sandbox
import TestSupport
import Testing
import ZooKeeper

@Suite("The life of a session", .timeLimit(.minutes(2)))
struct SessionLifeTests {
    private func configuration(_ connect: String, timeout: Duration = .seconds(2)) throws -> ZooKeeperConfiguration {
        try ZooKeeperConfiguration(connect: "\(connect)/test", sessionTimeout: timeout, callDeadline: .seconds(4))
    }

    @Test("a server that hangs past the timeout: suspended, calls end in time, then expired, watches end")
    func expiry() async throws {
        try await TestZooKeeper.withServer { zooKeeper in
            let configuration = try configuration(zooKeeper.connect)
            let session = try await ZooKeeperSession.open(configuration, logger: .quiet)
            #expect(await session.waitUntilConnected(within: .seconds(10)))
            try await session.ensureChroot()
            let watching = Task { for try await _ in session.watch("/a") {} }
            await zooKeeper.members[0].pause()
            let clock = ContinuousClock()
            let time = await clock.measure {
                _ = try? await session.exists("/a")
            }
            #expect(time < .seconds(5))
            var end: SessionState?
            // A server that wakes may hear its clients before it looks at the clock: then nothing has expired.
            for _ in 0..<6 where end == nil {
                await zooKeeper.members[0].pause()
                _ = await first(of: session.states()) { $0 == .suspended }
                try await Task.sleep(for: .milliseconds(2500))
                zooKeeper.members[0].resume()
                end = await first(of: session.states(), within: .seconds(6)) { $0.isFinal }
            }
            #expect(end == .expired)
            try await watching.value
            await expectCode(.invalidState) { try await session.set("/a", "x") }
            await session.close()
            #expect(session.state == .expired)
        }
    }

    @Test("a call that no server answers ends at its deadline, and the session lives on")
    func deadline() async throws {
        try await TestZooKeeper.withServer { zooKeeper in
            var configuration = try configuration(zooKeeper.connect, timeout: .seconds(4))
            configuration.callDeadline = .milliseconds(300)
            try await ZooKeeperSession.with(configuration, connectedWithin: .seconds(20), logger: .quiet) { session in
                _ = try await session.exists("/")
                await zooKeeper.members[0].pause()
                let clock = ContinuousClock()
                let time = await clock.measure {
                    await expectCode(.deadlineExceeded) { _ = try await session.exists("/a") }
                }
                #expect(time >= .milliseconds(300) && time < .seconds(2))
                zooKeeper.members[0].resume()
                _ = await first(of: session.states()) { $0.isConnected }
                #expect(try await session.exists("/a") == nil)
            }
        }
    }

    @Test("a server that crashes and comes back on its port: the session and its ephemerals live on, watches too")
    func restart() async throws {
        try await TestZooKeeper.withServer(tick: .milliseconds(500)) { zooKeeper in
            try await ZooKeeperSession.with(configuration(zooKeeper.connect, timeout: .seconds(9)), logger: .quiet) {
                session in
                try await session.ensureChroot()
                try await session.create("/e", "1", mode: .ephemeral)
                let id = session.id
                let changed = Task { try await session.watch("/e").first { $0?.text == "2" } }
                await zooKeeper.members[0].kill()
                #expect(await first(of: session.states()) { $0 == .suspended } != nil)
                try await zooKeeper.members[0].start()
                #expect(await first(of: session.states()) { $0.isConnected } != nil)
                #expect(session.id == id)
                #expect(try await session.get("/e").stat.ephemeralOwner == id)
                try await session.set("/e", "2")
                #expect(try await changed.value != nil)
            }
        }
    }

    @Test("no host with an address is told at once, one of several does not matter")
    func unresolvable() async throws {
        let none = try ZooKeeperConfiguration(connect: "no-such-host.invalid:2181")
        await expectCode(.unresolvable) { _ = try await ZooKeeperSession.open(none, logger: .quiet) }
        try await TestZooKeeper.withServer { zooKeeper in
            let some = try ZooKeeperConfiguration(connect: "no-such-host.invalid:2181,\(zooKeeper.connect)")
            try await ZooKeeperSession.with(some, connectedWithin: .seconds(20), logger: .quiet) { session in
                let root = try await session.exists("/")
                #expect(root != nil)
            }
        }
    }

    @Test("an ensemble whose leader is killed: the same session goes on with the others")
    func leaderKilled() async throws {
        try await TestZooKeeper.withServer(members: 3) { zooKeeper in
            try await ZooKeeperSession.with(configuration(zooKeeper.connect, timeout: .seconds(4)), logger: .quiet) {
                session in
                try await session.ensureChroot()
                try await session.create("/e", "1", mode: .ephemeral)
                let id = session.id
                for member in zooKeeper.members where await member.mode() == "leader" { await member.kill() }
                let deadline = ContinuousClock.now + .seconds(30)
                while true {
                    do {
                        try await session.set("/e", "2")
                        break
                    } catch let error as ZooKeeperError where error.retryable && ContinuousClock.now < deadline {
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                #expect(session.id == id)
                #expect(try await session.get("/e").text == "2")
            }
        }
    }

    @Test("hundreds of sessions opened and closed leave no thread and no descriptor behind")
    func noLeak() async throws {
        try await TestZooKeeper.withServer { zooKeeper in
            let configuration = try configuration(zooKeeper.connect)
            func round() async throws {
                try await ZooKeeperSession.with(configuration, connectedWithin: .seconds(20), logger: .quiet) {
                    session in
                    try await session.ensureChroot()
                    let watching = Task { for try await _ in session.watch("/a") {} }
                    _ = try await session.exists("/a")
                    watching.cancel()
                }
            }
            try await round()
            let (threads, descriptors) = (count(in: "task"), count(in: "fd"))
            for _ in 0..<300 { try await round() }
            // Tests beside this one open some, but nowhere near one for each round.
            #expect(count(in: "task") < threads + 150)
            #expect(count(in: "fd") < descriptors + 150)
        }
    }
}
