import Sandbox
import Testing

extension FaultScenario {
    static let zooKeeper = [
        FaultScenario(
            name: "kill -9 of the ZooKeeper leader of three", times: 3, limit: .seconds(4),
            options: { .withEnsemble() }
        ) { stage in
            try await stage.killLeader()
        } mend: { stage in
            try await stage.restartEnsemble()
        },
        FaultScenario(
            name: "kill -9 of a majority of ZooKeeper", times: 2, limit: .seconds(4), options: { .withEnsemble() }
        ) { stage in
            for member in try stage.ensemble().prefix(2) { await member.kill() }
        } mend: { stage in
            try await stage.expectNoQuorum()
            try await stage.restartEnsemble()
        },
        FaultScenario(
            name: "all of ZooKeeper away for a minute, and a ChatServer and a connector start meanwhile", times: 1,
            limit: .seconds(4), options: { .withEnsemble() }
        ) { stage in
            for member in try stage.ensemble() { await member.kill() }
        } mend: { stage in
            let active = try await stage.world.activeConnector()
            try await Task.sleep(for: .seconds(20))
            #expect(try await stage.world.activeConnector().name == active.name, "the lease stays with its holder")
            try await stage.world.startChat(3).ready()
            try await stage.world.startConnector(3).ready()
            // It passes on by expiry when its holder dies too.
            await active.kill()
            try await eventually("another one holds the lease", within: .seconds(15)) {
                try await stage.world.activeConnector().name == active.name ? nil : true
            }
            try await stage.expectNoQuorum()
            try await Task.sleep(for: .seconds(20))
            try await stage.restartEnsemble()
            for daemon in stage.world.installation.all where daemon.isRunning {
                try await daemon.logged("zookeeper is up", within: .seconds(60))
            }
        },
    ]
}

extension World.Options {
    static func withEnsemble() -> World.Options {
        var options = World.Options.free(chats: 2)
        options.zooKeeperMembers = 3
        return options
    }
}

extension FaultStage {
    func ensemble() throws -> [ScratchZooKeeperMember] { try #require(zooKeeper).members }

    func killLeader() async throws {
        for member in try ensemble() where await member.mode() == "leader" { return await member.kill() }
        throw SandboxError("the ensemble has no leader")
    }

    func restartEnsemble() async throws {
        try await #require(zooKeeper).restart()
    }

    /// `zk status` says that there is none, with status 6.
    func expectNoQuorum() async throws {
        let status = try await world.installation.finished(["zk", "status", "-o", "json"], within: .seconds(30))
        #expect(status.status == 6)
        #expect(status.output.contains("\"quorum\":false"))
        notes.add("zk status exits 6")
    }
}
