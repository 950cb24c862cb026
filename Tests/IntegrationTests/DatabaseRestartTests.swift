import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("The database is restarted")
    struct DatabaseRestart {
        @Test("in mid-run: nothing is lost, nothing is doubled, every daemon lives on", arguments: [true, false])
        func inMidRun(byCrash: Bool) async throws {
            try await ScratchPostgres.withServer { postgres in
                var options = World.Options.free(chats: 2)
                options.ownPostgres = postgres
                try await World.with(options) { world in
                    try await world.withDesk { desk in
                        let traffic = try await Traffic.open(world, desk, customers: 3)
                        async let more: Void = traffic.run(rounds: 0..<25, every: .milliseconds(150))
                        try await Task.sleep(for: .seconds(1))
                        if byCrash { await postgres.kill() } else { await postgres.stop() }
                        try await Task.sleep(for: .seconds(2))
                        try await postgres.start()
                        try await more
                        try await traffic.settle(within: .seconds(90))
                        try await traffic.expectClean()
                        #expect(world.installation.all.allSatisfy { $0.isRunning })
                    }
                }
            }
        }
    }
}
