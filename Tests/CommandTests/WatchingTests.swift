import Coordination
import Domain
import JSON
import Store
import Terminal
import TestSupport
import Testing
import ZooKeeper

@testable import Commands

@Suite("connector status, zk status and trace", .timeLimit(.minutes(5)))
struct WatchingTests {
    private static let keys = [
        "account", "kind", "role", "host", "epoch", "last_poll_at", "queue", "paused_until", "problem",
    ]

    @Test("who serves an account: nobody, one by the lease, or nobody may")
    func roles() async throws {
        try await Desk.with { desk in
            let none = try await desk.json("connector status")
            #expect(none[0].map(\.names) == Self.keys)
            #expect(none[0]?["role"] == .string("none"))
            _ = try await desk.fixture.connector.lead(as: "member-1")
            let active = try await desk.json("connector status")
            #expect(active[0]?["role"] == .string("active"))
            #expect(active[0]?["host"] == .string("test"))
            #expect(active[0]?["epoch"] == .number(1))
            #expect(try await desk.run("connector status").stdout.contains("active"))
        }
    }

    @Test("standbys come from ZooKeeper, and zk status shows who is there")
    func standbys() async throws {
        let connect = try await TestZooKeeper.connect()
        try await Desk.with { desk in
            var desk = desk
            desk.environment["ERALINK_ZOOKEEPER_CONNECT"] = connect
            _ = try await desk.fixture.connector.lead(as: "member-1")
            let coordination = ZooKeeperCoordination(
                try ZooKeeperConfiguration(connect: connect), logger: .silent)
            for (id, port) in [("member-1", 1001), ("member-2", 1002)] {
                coordination.announce(
                    Component(
                        role: "connector", id: id, host: "10.0.0.1", port: port, version: "x", started: .now,
                        account: "support"))
            }
            let running = Task { await coordination.run() }
            defer { running.cancel() }
            var rows = try await desk.json("connector status").array ?? []
            let clock = ContinuousClock()
            let start = clock.now
            while rows.count < 2, clock.now - start < .seconds(60) {
                rows = try await desk.json("connector status").array ?? []
            }
            #expect(rows.map { $0["role"] } == [.string("active"), .string("standby")])
            #expect(rows.map { $0["host"] } == [.string("10.0.0.1:1001"), .string("10.0.0.1:1002")])
            #expect(rows.last?["queue"] == .null)
            let tree = try await desk.run("zk tree", stdout: .terminal).stdout
            let lines = tree.replacing(/\u{1B}\[[0-9;]*m/, with: "").split { $0.isNewline }
            #expect(
                lines.contains { $0.contains("{\"role\"") } && lines.allSatisfy { $0.displayWidth <= 80 }, "\(tree)")
            let report = try await desk.json("zk status")
            #expect(
                report.names
                    == ["quorum", "members", "sessions", "components", "leases", "signals", "tree", "findings"])
            #expect(report["quorum"] == .bool(true))
            #expect(report["components"]?.array?.count == 2)
            let table = try await desk.run("zk status")
            #expect(table.status == 0)
            #expect(table.stdout.contains("ensemble: quorum") && table.stdout.contains("member-2"))
        }
    }

    @Test("an ensemble that is away is printed, then status 6; one that is not set is a usage error")
    func noEnsemble() async throws {
        let down = try await BuiltCommand.run(
            ["zk", "status", "-o", "json"], environment: ["ERALINK_ZOOKEEPER_CONNECT": "127.0.0.1:9/eralink"])
        #expect(down.status == 6)
        #expect(try JSONValue(parsing: down.stdout)["quorum"] == .bool(false))
        #expect(try JSONValue(parsing: down.stderr)["error"]?["code"] == .string("unavailable"))
        let unset = try await BuiltCommand.run(["zk", "status"])
        #expect(unset.status == 2)
        #expect(unset.stderr.contains("zookeeper.connect is not set"))
        let broken = try await BuiltCommand.run(
            ["zk", "status"], environment: ["ERALINK_ZOOKEEPER_CONNECT": "h:x/eralink"])
        #expect(broken.status == 2)
    }

    @Test("a message's way is shown hop by hop, with what was said to the messenger")
    func trace() async throws {
        try await Desk.with { desk in
            let anna = Actor.agent("anna")
            let chat = try await desk.fixture.chat(of: anna)
            let sent = try await desk.fixture.send([.text("hello", to: chat.id, as: anna, msgID: "1")])
            _ = sent
            let proof = try await desk.fixture.connector.lead()
            try await desk.fixture.connector.attempt(try await desk.fixture.connector.queued(), by: proof) {
                part, claim in
                var record = AttemptRecord.sent(part, claim, external: "77")
                record.request = "POST /sendMessage {\"text\":\"hello\"}"
                record.response = "200 {\"ok\":true}"
                return record
            }
            try await desk.fixture.ingestAll()
            let messages = try await desk.fixture.messages(of: chat)
            let (incoming, outgoing) = (try #require(messages.first), try #require(messages.last))
            let trace = try await desk.json("trace \(outgoing.id)")
            #expect(trace.names == ["message", "interaction", "account", "direction", "kind", "state", "hops"])
            #expect(trace["state"] == .string("sent"))
            let hops = trace["hops"]?.array ?? []
            let names = hops.compactMap { $0["hop"]?.string }
            #expect(names.contains("message.status"))
            let attempt = try #require(hops.first { $0["hop"] == .string("attempt") })
            #expect(attempt["outcome"] == .string("sent"))
            #expect(attempt["request"] == .string("POST /sendMessage {\"text\":\"hello\"}"))
            #expect(attempt["response"] == .string("200 {\"ok\":true}"))
            let times = hops.compactMap { $0["at"]?.string }
            #expect(times == times.sorted())
            let way = try await desk.json("trace \(incoming.id)")["hops"]?.array?.compactMap { $0["hop"]?.string } ?? []
            #expect(
                way.filter { ["provider", "inbox", "history"].contains($0) }.sorted() == [
                    "history", "inbox", "provider",
                ])
            #expect(try await desk.run("trace \(outgoing.id)").stdout.contains("attempt 1: POST /sendMessage"))
            for id in ["5", "zz", "-1"] { #expect(try await desk.run("trace -- \(id)").status == 3, "\(id)") }
        }
    }
}
