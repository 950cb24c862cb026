import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("Nights: ZooKeeper")
    struct ZooKeeperNights {
        @Test("one of three is down, then all are: texts flow, and the screen says which and what to do")
        func down() async throws {
            try await TestZooKeeper.withServer(members: 3) { zooKeeper in
                var options = World.Options.free()
                options.ownZooKeeper = zooKeeper
                try await World.with(options) { world in
                    let one = Night("zookeeper-one-down", world)
                    await zooKeeper.members[1].kill()
                    let address = zooKeeper.members[1].address
                    try await one.screen(
                        "zk status", status: 0,
                        shows: [
                            "ensemble: quorum", "\(address): connection refused; one failure more ends the majority",
                            "→ start ZooKeeper there",
                        ])
                    try await one.screen("doctor --bad", status: 10, shows: [address, "→ start ZooKeeper there"])
                    let all = Night("zookeeper-all-down", world)
                    for member in zooKeeper.members { await member.kill() }
                    try await all.screen(
                        "zk status", status: 6,
                        shows: [
                            "no quorum", "ZooKeeper does not serve: 0 of 3", "→ start the servers",
                            "messages flow meanwhile",
                        ])
                    try await all.screen(
                        "doctor --bad", status: 1, shows: ["zookeeper: ZooKeeper does not serve: 0 of 3"])
                    try await world.withDesk { desk in
                        let traffic = try await Traffic.open(world, desk, customers: 1)
                        try await traffic.run(rounds: 0..<2)
                        try await traffic.settle()
                        try await traffic.expectClean()
                    }
                }
            }
        }
    }
}
