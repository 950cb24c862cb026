import FoundationEssentials
import Glibc
import Postgres
import Synchronization

/// A private PostgreSQL server on loopback, in a directory of its own, for tests and the sandbox.
///
/// Durable like a real one (fsync is on) unless its settings say otherwise. Whatever becomes of this process, the server ends and
/// its directory goes (`ScratchWatchdog`).
package final class ScratchPostgres: Sendable {
    package struct Options: Sendable {
        /// Lines for `postgresql.conf`, after our own.
        package var settings: [String] = []
        /// How long the server may take until it answers.
        package var startLimit: Duration = .seconds(60)
        /// Bytes of a volume of its own for the data (not for the write-ahead log), which can be full; nil: wherever there is
        /// room. Needs root.
        package var volume: Int64?
        /// One of several in this process: they are copies of one cluster, and share its password.
        package var isOneOfMany: Bool

        package init(settings: [String] = [], isOneOfMany: Bool = false) {
            self.settings = settings
            self.isOneOfMany = isOneOfMany
        }
    }

    struct State {
        /// Zero before the first start.
        var port = 0
        /// The postmaster.
        var process: ChildProcess?
    }

    let options: Options
    let programs: PostgresPrograms
    let scratch: ScratchWatchdog
    let state = Mutex(State())
    let password: String

    /// Makes a cluster and starts it.
    package static func start(_ options: Options = Options()) async throws -> ScratchPostgres {
        let programs = try PostgresPrograms.find()
        let source = options.isOneOfMany ? try await InitializedCluster.shared.source(programs) : nil
        let server = try ScratchPostgres(
            options, programs, password: source?.password ?? InitializedCluster.makePassword())
        do {
            try await server.initialize(copying: source)
            try await server.start()
            return server
        } catch {
            await server.remove()
            throw error
        }
    }

    /// A server for the time of `body`.
    package static func withServer<R>(
        _ options: Options = Options(), _ body: (ScratchPostgres) async throws -> R
    ) async throws -> R {
        let server = try await start(options)
        do {
            let result = try await body(server)
            await server.remove()
            return result
        } catch {
            await server.remove()
            throw error
        }
    }

    init(_ options: Options, _ programs: PostgresPrograms, password: String) throws {
        self.options = options
        self.programs = programs
        self.password = password
        scratch = try programs.makeScratch()
    }

    private func initialize(copying source: InitializedCluster.Source?) async throws {
        if let source {
            try await programs.run("cp", ["-a", source.scratch.directory + "/data", directory], in: scratch)
        } else {
            try await InitializedCluster.initialize(scratch, password: password, programs)
        }
        let own = [
            "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", "max_connections = 200",
            "shared_buffers = '64MB'", "lc_messages = 'C'", "log_checkpoints = off",
        ]
        let file = directory + "/data/postgresql.conf"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try programs.write(text + (own + options.settings).joined(separator: "\n") + "\n", to: file)
    }

    package var directory: String { scratch.directory }

    /// The path of a program of the same PostgreSQL: `psql`, `pgbench`.
    package func program(_ name: String) -> String { programs.client(name) }

    package var port: Int { state.withLock { $0.port } }

    /// With the password in it.
    package func url(database: String = "postgres") -> String {
        "postgresql://eralink:\(password)@127.0.0.1:\(port)/\(database)"
    }

    /// The server's own log.
    package var log: String { (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "" }

    /// Ends the server and removes its directory. Nothing works afterwards.
    package func remove() async {
        await scratch.finish()
        await state.withLock { $0.process }?.end(with: SIGKILL)
    }
}
