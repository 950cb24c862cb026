import Synchronization
import TestSupport
import Testing
import ZooKeeper

@testable import Coordination

@Suite("Looking at the tree", .timeLimit(.minutes(2)))
struct NodeWatcherTests {
    private final class Seen: Sendable {
        private let events = Mutex<[NodeWatcher.Event]>([])

        func take(_ event: NodeWatcher.Event) { events.withLock { $0.append(event) } }

        /// `created /a/b`.
        var changes: [String] {
            events.withLock { events in
                events.compactMap { event in
                    if case .change(let change) = event { return "\(change.kind.rawValue) \(change.path)" }
                    return nil
                }
            }
        }

        var isFollowing: Bool {
            events.withLock { $0.contains { if case .following = $0 { true } else { false } } }
        }
    }

    private func withSession(_ body: @Sendable (ZooKeeperSession, ZooKeeperConfiguration) async throws -> Void)
        async throws
    {
        let configuration = try ZooKeeperConfiguration(connect: try await TestZooKeeper.connect())
        try await ZooKeeperSession.with(configuration, connectedWithin: .seconds(20), logger: .quiet) { session in
            try await session.ensureChroot()
            try await body(session, configuration)
        }
    }

    @Test("a tree is read parents first, in the order of names, down to a depth and up to a limit")
    func tree() async throws {
        try await withSession { session, _ in
            for path in ["/b/y", "/a/x/deep", "/a/w"] { try await session.ensure(path) }
            try await session.set("/a/w", "value")
            let all = try await NodeTree.read(session, below: "/", limit: 100)
            #expect(all.nodes.map(\.path) == ["/", "/a", "/a/w", "/a/x", "/a/x/deep", "/b", "/b/y"])
            #expect(all.nodes[2].value == Array("value".utf8) && !all.isCut)
            let shallow = try await NodeTree.read(session, below: "/a", depth: 1, limit: 100)
            #expect(shallow.nodes.map(\.path) == ["/a", "/a/w", "/a/x"])
            let few = try await NodeTree.read(session, below: "/", limit: 3)
            #expect(few.isCut && few.nodes.count == 3)
            await #expect(throws: ZooKeeperError.self) { try await NodeTree.read(session, below: "/none", limit: 9) }
        }
    }

    @Test(
        "changes are told as they happen: new branches, values, what goes, what comes again; not what was there before")
    func changes() async throws {
        try await withSession { session, _ in
            try await session.ensure("/a/old")
            let seen = Seen()
            let watcher = NodeWatcher("/") { seen.take($0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watcher.follow(session) }
                try await eventually { seen.isFollowing }
                #expect(seen.changes.isEmpty)
                var expected: [String] = []
                func expect(_ change: String) async throws {
                    expected.append(change)
                    let all = expected
                    try await eventually("\(all) and not \(seen.changes)") { seen.changes == all }
                }
                try await session.set("/a/old", "1")
                try await expect("changed /a/old")
                try await session.create("/b")
                try await expect("created /b")
                try await session.create("/b/c", mode: .ephemeral)
                try await expect("created /b/c")
                try await session.delete("/b/c")
                try await expect("deleted /b/c")
                try await session.create("/b/c", "again")
                try await expect("created /b/c")
                try await session.set("/b/c", "more")
                try await expect("changed /b/c")
                group.cancelAll()
            }
        }
    }

    @Test("over a new session only what changed meanwhile is told, also what went")
    func sessions() async throws {
        try await withSession { session, configuration in
            try await session.ensure("/a/stays")
            try await session.ensure("/a/goes")
            let seen = Seen()
            let watcher = NodeWatcher("/a") { seen.take($0) }
            let first = try await ZooKeeperSession.open(configuration, logger: .quiet)
            _ = await first.waitUntilConnected(within: .seconds(10))
            let following = Task { try? await watcher.follow(first) }
            try await eventually { seen.isFollowing }
            await first.close()
            await following.value
            try await session.delete("/a/goes")
            try await session.create("/a/comes")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watcher.follow(session) }
                try await eventually { seen.changes == ["deleted /a/goes", "created /a/comes"] }
                group.cancelAll()
            }
        }
    }
}
