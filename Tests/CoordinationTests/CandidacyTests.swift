import Coordination
import Sandbox
import TestSupport
import Testing
import ZooKeeper

@Suite("Candidacies", .timeLimit(.minutes(2)))
struct CandidacyTests {
    @Test("the first in line leads, and hands over when it resigns", arguments: ["zookeeper", "memory"])
    func handOver(_ kind: String) async throws {
        let members = try await makeMembers(3, kind)
        try await running(members) {
            var lines: [AsyncStream<Bool>] = []
            for (index, member) in members.enumerated() {
                let line = member.candidacy(account: "shop", id: "c\(index)")
                if index == 0 { await expectElement(of: line) { $0 } }
                lines.append(line)
            }
            try await eventually { members.allSatisfy { $0.status.isUp } }
            members[0].resign(account: "shop", id: "c0")
            let next = await leader(of: [lines[1], lines[2]])
            #expect(next != nil)
            // The one that resigned is at the end of its stream and may stand again.
            let again = members[0].candidacy(account: "shop", id: "c0")
            await expectElement(of: again) { !$0 }
            members[1].resign(account: "shop", id: "c1")
            members[2].resign(account: "shop", id: "c2")
            await expectElement(of: again) { $0 }
        }
    }

    @Test("accounts have lines of their own", arguments: ["zookeeper", "memory"])
    func separate(_ kind: String) async throws {
        let members = try await makeMembers(1, kind)
        try await running(members) {
            await expectElement(of: members[0].candidacy(account: "a", id: "x")) { $0 }
            await expectElement(of: members[0].candidacy(account: "b", id: "x")) { $0 }
        }
    }

    @Test("a reader that goes resigns", arguments: ["zookeeper", "memory"])
    func readerGoes(_ kind: String) async throws {
        let members = try await makeMembers(2, kind)
        try await running(members) {
            let first = members[0].candidacy(account: "shop", id: "c0")
            let leading = Task { await first.first { $0 } != nil }
            #expect(await leading.value)
            let reading = Task { for await _ in first {} }
            let second = members[1].candidacy(account: "shop", id: "c1")
            reading.cancel()
            await expectElement(of: second) { $0 }
        }
    }

    @Test("a member that stops hands over within a second or two")
    func stops() async throws {
        let members = try await makeMembers(2, "zookeeper")
        let first = Task { await members[0].run() }
        await expectElement(of: members[0].candidacy(account: "shop", id: "c0")) { $0 }
        try await running([members[1]]) {
            let second = members[1].candidacy(account: "shop", id: "c1")
            let clock = ContinuousClock()
            let time = await clock.measure {
                first.cancel()
                await expectElement(of: second) { $0 }
            }
            #expect(time < .seconds(4), "well under the session timeout of 8 s")
            await first.value
        }
    }

    @Test("a server that hangs deposes the leader, and after the expiry exactly one leads")
    func expiry() async throws {
        try await TestZooKeeper.withServer { zooKeeper in
            let members = try (0..<2).map { _ in
                try ZooKeeperCoordination.member("\(zooKeeper.connect)/eralink", sessionTimeout: .seconds(2))
            }
            try await running(members) {
                let lines = [
                    Standing(members[0].candidacy(account: "shop", id: "c0")),
                    Standing(members[1].candidacy(account: "shop", id: "c1")),
                ]
                try await eventually { lines.filter(\.isLeading).count == 1 }
                await zooKeeper.members[0].pause()
                try await eventually("a leader whose session is in doubt leads on") {
                    lines.allSatisfy { !$0.isLeading }
                }
                try await Task.sleep(for: .seconds(3))
                zooKeeper.members[0].resume()
                try await eventually("nobody leads after the expiry") { lines.filter(\.isLeading).count == 1 }
                try await eventually("the line is not as long as the members are many") {
                    try await inspecting("\(zooKeeper.connect)/eralink") { session in
                        try await session.children("/leases/shop").count == 2
                    }
                }
                #expect(lines.filter(\.isLeading).count == 1)
            }
        }
    }

    @Test("one that resigns while ZooKeeper hangs leaves the line when it is back in the same session")
    func resignsWhileDown() async throws {
        try await TestZooKeeper.withServer(tick: .milliseconds(500)) { zooKeeper in
            let connect = "\(zooKeeper.connect)/eralink"
            let members = try (0..<2).map { _ in
                try ZooKeeperCoordination.member(connect, sessionTimeout: .seconds(9))
            }
            try await running(members) {
                await expectElement(of: members[0].candidacy(account: "other", id: "c0")) { $0 }
                let first = Standing(members[0].candidacy(account: "shop", id: "c0"))
                try await eventually { first.isLeading }
                let second = Standing(members[1].candidacy(account: "shop", id: "c1"))
                try await eventually {
                    try await inspecting(connect) { try await $0.children("/leases/shop").count == 2 }
                }
                await zooKeeper.members[0].kill()
                try await eventually { !first.isLeading }
                members[0].resign(account: "shop", id: "c0")
                try await zooKeeper.members[0].start()
                try await eventually { second.isLeading }
            }
        }
    }

    private func makeMembers(_ count: Int, _ kind: String) async throws -> [any Coordination] {
        if kind == "memory" {
            let hub = InMemoryHub()
            return (0..<count).map { _ in hub.member() }
        }
        let connect = try await TestZooKeeper.connect()
        return try (0..<count).map { _ in try ZooKeeperCoordination.member(connect) }
    }

    /// The index of the stream that tells first that it leads.
    private func leader(of lines: [AsyncStream<Bool>]) async -> Int? {
        await withTaskGroup(of: Int?.self) { group in
            for (index, line) in lines.enumerated() {
                group.addTask { await line.first { $0 } == nil ? nil : index }
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(20))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
