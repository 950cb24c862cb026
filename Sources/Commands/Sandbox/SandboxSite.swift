import AgentClient
import Domain
import JSON
import Sandbox

/// A whole installation on loopback, from the start of its servers to their end: what the demo plays on, and what `sandbox up`
/// leaves running for a while.
enum SandboxSite {
    /// - Parameter body: what is done with it; the processes are ended when it returns.
    static func with(
        program: String, report: DemoReport,
        _ body: @escaping @Sendable (Installation, SimulatedTelegram) async throws -> Void
    ) async throws {
        try report.step("starting a private PostgreSQL, a private ZooKeeper and a simulated Telegram")
        async let starting = ScratchZooKeeper.start()
        let servers: (postgres: ScratchPostgres, zooKeeper: ScratchZooKeeper)
        do {
            let postgres = try await ScratchPostgres.start()
            do {
                servers = (postgres, try await starting)
            } catch {
                await postgres.remove()
                throw error
            }
        } catch {
            await (try? starting)?.stop()
            throw failure(error)
        }
        do {
            try await SimulatedTelegram.with { telegram in
                try report.step(
                    "they answer",
                    [
                        "postgresql": "\(servers.postgres.port)", "zookeeper": servers.zooKeeper.connect,
                        "telegram": telegram.baseURL,
                    ])
                try await install(program, servers.postgres, servers.zooKeeper, telegram, report, body)
            }
        } catch {
            await tidy(servers.postgres, servers.zooKeeper)
            throw failure(error)
        }
        await tidy(servers.postgres, servers.zooKeeper)
        try report.step("done: nothing is left behind")
    }

    private static func tidy(_ postgres: ScratchPostgres, _ zooKeeper: ScratchZooKeeper) async {
        async let stopped: Void = zooKeeper.stop()
        await postgres.remove()
        await stopped
    }

    private static func install(
        _ program: String, _ postgres: ScratchPostgres, _ zooKeeper: ScratchZooKeeper, _ telegram: SimulatedTelegram,
        _ report: DemoReport, _ body: @Sendable (Installation, SimulatedTelegram) async throws -> Void
    ) async throws {
        try await postgres.createDatabase("eralink")
        let installation = try Installation(
            program: program,
            settings: [
                "database.url": postgres.url(database: "eralink"), "zookeeper.connect": "\(zooKeeper.connect)/eralink",
                "database.pool": "4",
            ])
        do {
            try await body(installation, telegram)
            try await stop(installation, report)
            await installation.remove()
        } catch {
            if !Task.isCancelled { report.showLogs(of: installation) }
            await installation.stop()
            await installation.remove()
            throw error
        }
    }

    private static func stop(_ installation: Installation, _ report: DemoReport) async throws {
        await installation.stop()
        for daemon in installation.all where daemon.exitStatus != 0 {
            throw ChildProcess.Failure(
                description: "\(daemon.name) was told to stop and ended with status \(daemon.exitStatus ?? -1)")
        }
        try report.step(
            "every process was told to stop and ended with status 0",
            ["processes": installation.all.map(\.name).joined(separator: ",")])
    }

    /// A failed step in words, with status 1.
    private static func failure(_ error: any Error) -> any Error {
        switch error {
        case is CancellationError, is CommandFailure: error
        case let error as EralinkError: CommandFailure(.failed, error)
        case let error as AgentClosed: CommandFailure(.failed, error.error)
        default: CommandFailure(.failed, EralinkError(.internal, "\(error)", retryable: false))
        }
    }
}
