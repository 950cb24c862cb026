import Coordination
import Sandbox
import TestSupport
import Testing
import ZooKeeper

@Suite("Bells", .timeLimit(.minutes(2)))
struct BellTests {
    @Test("what one member rings, every reader of the others hears")
    func heard() async throws {
        let connect = try await TestZooKeeper.connect()
        let members = try (0..<3).map { _ in try ZooKeeperCoordination.member(connect) }
        try await running(members) {
            let readers = members.flatMap { [$0.rings(.outbox(account: "a/b")), $0.rings(.outbox(account: "a/b"))] }
            for reader in readers { await expectElement(of: reader) { $0 == 0 } }
            members[0].ring(.outbox(account: "a/b"), position: 17)
            // Told before the position is read.
            for reader in readers { await expectElement(of: reader) { _ in true } }
        }
    }

    @Test("a bell is another bell's silence")
    func separate() async throws {
        let member = try ZooKeeperCoordination.member(try await TestZooKeeper.connect())
        try await running([member]) {
            let inbox = member.rings(.inbox)
            let events = member.rings(.events)
            await expectElement(of: events) { $0 == 0 }
            await expectElement(of: inbox) { $0 == 0 }
            member.ring(.inbox, position: 5)
            await expectElement(of: inbox) { _ in true }
            #expect(member.signals("events", "heard") == 0)
            #expect(member.signals("inbox", "rung") == 1)
        }
    }

    @Test("a hundred thousand rings become few writes, and the last position arrives")
    func coalesced() async throws {
        let connect = try await TestZooKeeper.connect()
        let ringing = try ZooKeeperCoordination.member(connect)
        let hearing = try ZooKeeperCoordination.member(connect)
        try await running([ringing, hearing]) {
            let rings = hearing.rings(.events)
            await expectElement(of: rings) { $0 == 0 }
            for position in 1...100_000 { ringing.ring(.events, position: Int64(position)) }
            await expectElement(of: rings) { $0 == 100_000 }
            let sent = ringing.signals("events", "sent")
            #expect(sent > 0 && sent < 5000, "\(sent) writes")
            #expect(ringing.signals("events", "rung") == 100_000)
        }
    }

    @Test("a reader that comes later is told at once where the bell stands")
    func lateReader() async throws {
        let member = try ZooKeeperCoordination.member(try await TestZooKeeper.connect())
        try await running([member]) {
            member.ring(.events, position: 3)
            let early = member.rings(.events)
            await expectElement(of: early) { $0 == 3 }
            await expectElement(of: member.rings(.events)) { $0 == 3 }
        }
    }

    @Test("the same position again, and a smaller one, are rings as well")
    func smaller() async throws {
        let member = try ZooKeeperCoordination.member(try await TestZooKeeper.connect())
        try await running([member]) {
            let rings = member.rings(.events)
            // Making the node and writing it may be heard as one or as two.
            member.ring(.events, position: 1)
            await expectElement(of: rings) { $0 == 1 }
            let before = member.signals("events", "heard")
            for (count, position) in [Int64(9), 4, 4, 2].enumerated() {
                member.ring(.events, position: position)
                try await eventually { member.signals("events", "heard") == before + Int64(count + 1) }
                await expectElement(of: rings) { $0 == position }
            }
        }
    }

    @Test("what is rung while ZooKeeper is away is told when it is back")
    func rungWhileDown() async throws {
        try await TestZooKeeper.withServer { zooKeeper in
            let connect = "\(zooKeeper.connect)/eralink"
            let ringing = try ZooKeeperCoordination.member(connect)
            let hearing = try ZooKeeperCoordination.member(connect)
            try await running([ringing, hearing]) {
                let rings = hearing.rings(.events)
                await expectElement(of: rings) { $0 == 0 }
                await zooKeeper.members[0].kill()
                await expectElement(of: ringing.statuses()) { !$0.isUp }
                for position in 1...1000 { ringing.ring(.events, position: Int64(position)) }
                try await zooKeeper.members[0].start()
                await expectElement(of: rings) { $0 == 1000 }
            }
        }
    }
}
