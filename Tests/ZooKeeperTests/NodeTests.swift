import TestSupport
import Testing
import ZooKeeper

@Suite("Nodes of one session", .timeLimit(.minutes(2)))
struct NodeTests {
    @Test("a missing chroot is made, and paths are below it")
    func chroot() async throws {
        try await withSession { session in
            try await session.create("/a", "hello")
            #expect(try await session.get("/a").text == "hello")
            #expect(try await session.children("/") == ["a"])
        }
    }

    @Test("a value is set, versioned, and deleted")
    func valueLife() async throws {
        try await withSession { session in
            #expect(try await session.exists("/a") == nil)
            try await session.create("/a")
            let stat = try await session.set("/a", "каждый байт")
            #expect(stat?.version == 1)
            #expect(try await session.get("/a").text == "каждый байт")
            await expectCode(.badVersion) { try await session.set("/a", "x", version: 0) }
            try await session.delete("/a")
            await expectCode(.noNode) { _ = try await session.get("/a") }
        }
    }

    @Test("sequential nodes come back with the path that was given to them")
    func sequential() async throws {
        try await withSession { session in
            try await session.ensure("/q/r")
            let first = try await session.create("/q/r/n-", mode: .ephemeralSequential)
            let second = try await session.create("/q/r/n-", mode: .ephemeralSequential)
            #expect(first == "/q/r/n-0000000000")
            #expect(second == "/q/r/n-0000000001")
        }
    }

    @Test(
        "what cannot be done is told by its code",
        arguments: [
            ("no parent", "/none/a", ZooKeeperError.Code.noNode), ("no slash", "a", .badArguments),
            ("a NUL", "/a\0b", .badArguments),
            ("a dot", "/a/../b", .badArguments), ("a trailing slash", "/a/", .badArguments),
        ])
    func refused(_ label: String, _ path: String, _ code: ZooKeeperError.Code) async throws {
        try await withSession { session in
            await expectCode(code) { try await session.create(path) }
        }
    }

    @Test("a value that the server would cut the connection for is refused before it is sent")
    func tooLarge() async throws {
        try await withSession { session in
            let value = String(repeating: "x", count: ZooKeeperSession.maxValueBytes + 1)
            await expectCode(.tooLarge) { try await session.create("/a", value) }
            try await session.create("/a", String(value.dropLast()))
            #expect(try await session.get("/a").value.count == ZooKeeperSession.maxValueBytes)
        }
    }

    @Test("with credentials, others may not read")
    func acl() async throws {
        let connect = try await TestZooKeeper.connect()
        let mine = try ZooKeeperConfiguration(connect: connect, auth: .init(digest: "anna:secret"))
        let theirs = try ZooKeeperConfiguration(connect: connect, auth: .init(digest: "eve:guess"))
        try await ZooKeeperSession.with(mine, connectedWithin: .seconds(20), logger: .quiet) { session in
            try await session.ensureChroot()
            try await session.create("/a", "private")
            #expect(try await session.get("/a").text == "private")
        }
        try await ZooKeeperSession.with(theirs, connectedWithin: .seconds(20), logger: .quiet) { session in
            await expectCode(.noAuth) { _ = try await session.get("/a") }
            await expectCode(.noAuth) { try await session.create("/b") }
        }
    }

    @Test("ten thousand calls at once are answered or refused, each exactly once")
    func bounded() async throws {
        try await withSession(maxCallsInFlight: 100) { session in
            try await session.create("/a", "x")
            let outcomes = await withTaskGroup(of: ZooKeeperError.Code?.self) { group in
                for _ in 0..<10_000 {
                    group.addTask {
                        do {
                            _ = try await session.get("/a")
                            return nil
                        } catch { return (error as? ZooKeeperError)?.code ?? .badArguments }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes[nil, default: 0] > 0)
            #expect(outcomes[nil, default: 0] + outcomes[.overloaded, default: 0] == 10_000)
        }
    }

    @Test("a call after the close fails at once, and so does one that was in flight")
    func closed() async throws {
        let configuration = try ZooKeeperConfiguration(connect: try await TestZooKeeper.connect())
        let session = try await ZooKeeperSession.open(configuration, logger: .quiet)
        #expect(await session.waitUntilConnected(within: .seconds(20)))
        let calls = (0..<200).map { _ in Task { try await session.exists("/") } }
        await session.close()
        await session.close()
        for call in calls { _ = await call.result }
        await expectCode(.closing) { _ = try await session.get("/") }
        #expect(session.state == .closed)
    }

    @Test("cancelling a task ends its call at once and leaves the session usable")
    func cancelled() async throws {
        try await withSession { session in
            let tasks = (0..<300).map { _ in Task { try await session.exists("/") } }
            for task in tasks { task.cancel() }
            for task in tasks { _ = await task.result }
            let root = try await session.exists("/")
            #expect(root != nil)
        }
    }
}
