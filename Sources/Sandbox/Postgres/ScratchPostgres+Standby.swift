import FoundationEssentials
import Postgres

extension ScratchPostgres {
    /// A hot standby of this server, which from then on acknowledges no commit that the standby has not on its disk too.
    ///
    /// The caller removes it, before or after this one.
    package func startStandby() async throws -> ScratchPostgres {
        let standby = try ScratchPostgres(options, programs, password: password)
        do {
            try await programs.run(
                programs.client("pg_basebackup"),
                [
                    "--pgdata", standby.directory + "/data", "--dbname", url(database: "postgres"),
                    "--write-recovery-conf",
                    "--wal-method", "stream", "--checkpoint", "fast", "--no-sync",
                ], in: standby.scratch)
            try await standby.start()
            try await administer("ALTER SYSTEM SET synchronous_standby_names = '*'")
            try await administer("SELECT pg_reload_conf()")
            try await waitUntilSynchronous()
            return standby
        } catch {
            await standby.remove()
            throw error
        }
    }

    /// The standby becomes the server that takes writes.
    package func promote() async throws { try await administer("SELECT pg_promote(true, 30)") }

    private func waitUntilSynchronous() async throws {
        let limit = ContinuousClock.now + options.startLimit
        while ContinuousClock.now < limit {
            let states = try await ask("SELECT sync_state FROM pg_stat_replication")
            if states.contains("sync") || states.contains("quorum") { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw SandboxError("the standby has not become a synchronous one within \(options.startLimit)")
    }
}
