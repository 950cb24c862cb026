import Coordination
import Domain
import Sandbox
import TestSupport
import Testing
import ZooKeeper

@Suite("Registrations", .timeLimit(.minutes(2)))
struct RegistrationTests {
    @Test("components, agents and interactions are there while they are, and go when they go")
    func comeAndGo() async throws {
        let connect = try await TestZooKeeper.connect()
        let member = try ZooKeeperCoordination.member(connect)
        try await running([member]) {
            member.announce(.sample("c1"))
            member.announce(.sample("chat1", account: nil))
            member.serving(interaction: 513, agent: "anna", node: "chat1")
            member.agentOnline("анна/1", session: "s1")
            try await inspecting(connect) { session in
                for path in ["/components/connector/shop/c1", "/components/chat/chat1", "/interactions/01/513"] {
                    try await eventually { try await session.exists(path)?.ephemeralOwner ?? 0 != 0 }
                }
                try await eventually {
                    try await session.children("/agents") == ["%D0%B0%D0%BD%D0%BD%D0%B0%2F1"]
                }
                #expect(try await session.get("/interactions/01/513").text == #"{"agent":"anna","node":"chat1"}"#)
                member.notServing(interaction: 513)
                member.withdraw(.sample("c1"))
                member.agentOffline("анна/1", session: "s1")
                for path in [
                    "/components/connector/shop/c1", "/interactions/01/513", "/agents/%D0%B0%D0%BD%D0%BD%D0%B0%2F1/s1",
                ] {
                    try await eventually { try await session.exists(path) == nil }
                }
            }
        }
        try await inspecting(connect) { session in
            let chat = try await session.exists("/components/chat/chat1")
            #expect(chat == nil, "gone with its process")
        }
    }

    @Test("what was registered before ZooKeeper could be reached, and after an expiry, is there again")
    func recreated() async throws {
        try await TestZooKeeper.withServer { zooKeeper in
            let connect = "\(zooKeeper.connect)/eralink"
            await zooKeeper.members[0].kill()
            let member = try ZooKeeperCoordination.member(connect, sessionTimeout: .seconds(2))
            try await running([member]) {
                member.announce(.sample("c1"))
                for interaction in 0..<300 { member.serving(interaction: Int64(interaction), agent: "a", node: "n") }
                try await zooKeeper.members[0].start()
                let owners = [try await everything(connect)]
                var isNew = false
                // A server that wakes may hear its clients before it looks at the clock: then nothing has expired.
                for _ in 0..<6 where !isNew {
                    await zooKeeper.members[0].pause()
                    await expectElement(of: member.statuses()) { !$0.isUp }
                    member.notServing(interaction: 7)
                    try await Task.sleep(for: .seconds(3))
                    zooKeeper.members[0].resume()
                    await expectElement(of: member.statuses()) { $0.isUp }
                    let deadline = ContinuousClock.now + .seconds(6)
                    while !isNew && ContinuousClock.now < deadline {
                        isNew = try await everything(connect, missing: 7) != owners[0]
                    }
                }
                #expect(isNew)
                #expect(member.droppedRegistrations == 0)
            }
        }
    }

    @Test("a node left by the process that had the id before does not take ours along")
    func inherited() async throws {
        let connect = try await TestZooKeeper.connect()
        let before = try ZooKeeperCoordination.member(connect)
        let after = try ZooKeeperCoordination.member(connect)
        let first = Task { await before.run() }
        before.announce(.sample("c1"))
        try await inspecting(connect) { session in
            try await eventually { try await session.exists("/components/connector/shop/c1") != nil }
            let old = try await session.exists("/components/connector/shop/c1")?.ephemeralOwner
            try await running([after]) {
                after.announce(.sample("c1"))
                try await eventually {
                    let owner = try await session.exists("/components/connector/shop/c1")?.ephemeralOwner
                    return owner != nil && owner != old
                }
                first.cancel()
                await first.value
                #expect(try await session.exists("/components/connector/shop/c1") != nil)
            }
        }
    }

    @Test("what flickers ends in its last form")
    func flicker() async throws {
        let connect = try await TestZooKeeper.connect()
        let member = try ZooKeeperCoordination.member(connect)
        try await running([member]) {
            for round in 0..<2000 {
                member.serving(interaction: Int64(round % 10), agent: "a\(round)", node: "n")
                if round % 3 == 0 { member.notServing(interaction: Int64(round % 10)) }
            }
            member.notServing(interaction: 3)
            member.serving(interaction: 4, agent: "last", node: "n")
            try await inspecting(connect) { session in
                try await eventually {
                    if try await session.exists("/interactions/03/3") != nil { return false }
                    if try await session.exists("/interactions/04/4") == nil { return false }
                    return try await session.get("/interactions/04/4").text.contains("last")
                }
            }
        }
    }

    @Test("too many are dropped and counted, components never")
    func bounded() async throws {
        let member = try ZooKeeperCoordination.member("127.0.0.1:1")
        for interaction in 0..<100_010 { member.serving(interaction: Int64(interaction), agent: "a", node: "n") }
        #expect(member.droppedRegistrations == 10)
        member.serving(interaction: 5, agent: "b", node: "n")
        member.announce(.sample("c1"))
        #expect(member.droppedRegistrations == 10)
    }

    @Test("with ZooKeeper away every call returns at once, and the status says why and since when")
    func away() async throws {
        let member = try ZooKeeperCoordination.member("127.0.0.1:1")
        try await running([member]) {
            let clock = ContinuousClock()
            let time = clock.measure {
                for position in 0..<1000 {
                    member.ring(.inbox, position: Int64(position))
                    member.serving(interaction: Int64(position), agent: "a", node: "n")
                }
                _ = member.candidacy(account: "a", id: "b")
            }
            #expect(time < .seconds(1))
            let down = await expectElement(of: member.statuses()) {
                if case .down(_, let reason) = $0 { reason.contains("127.0.0.1:1") } else { false }
            }
            guard case .down(let since, _) = down else { return }
            #expect(since > Timestamp(seconds: 1_700_000_000))
        }
    }

    /// The owners of the 301 nodes of the test, once all (but the one given) are there.
    private func everything(_ connect: String, missing: Int64? = nil) async throws -> Set<Int64> {
        try await inspecting(connect) { session in
            var owners: Set<Int64> = []
            for interaction in Int64(0)..<300 {
                let shard = String(interaction % 256, radix: 16)
                let path = "/interactions/\(shard.count == 1 ? "0" : "")\(shard)/\(interaction)"
                try await eventually("\(path) is not as it should be") {
                    (try await session.exists(path) == nil) == (interaction == missing)
                }
                if interaction == missing { continue }
                owners.insert(try await session.exists(path)?.ephemeralOwner ?? 0)
            }
            try await eventually { try await session.exists("/components/connector/shop/c1") != nil }
            return owners
        }
    }
}
