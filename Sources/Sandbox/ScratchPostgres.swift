import Foundation
import Logging
import Postgres
import Synchronization

/// A private PostgreSQL server on loopback, in a directory of its own, for tests and the sandbox.
///
/// Durable like a real one (fsync is on) unless its settings say otherwise. Whatever becomes of this process, a watchdog ends the
/// server and removes its directory: it waits for the other end of a pipe, which `remove()` closes and a crash does too.
package final class ScratchPostgres: Sendable {
    package struct Options: Sendable {
        /// Lines for `postgresql.conf`, after our own.
        package var settings: [String] = []
        /// How long the server may take until it answers.
        package var startLimit: Duration = .seconds(60)
        /// One of several in this process: they are copies of one cluster, and share its password.
        package var isOneOfMany: Bool

        package init(settings: [String] = [], isOneOfMany: Bool = false) {
            self.settings = settings
            self.isOneOfMany = isOneOfMany
        }
    }

    package let directory: String
    private let programs: PostgresPrograms
    private let options: Options
    private let password: String
    private let watchdog: Watchdog
    private let currentPort: Mutex<Int>

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

    private init(_ options: Options, _ programs: PostgresPrograms, password: String) throws {
        self.options = options
        self.programs = programs
        self.password = password
        directory = try programs.makeDirectory()
        watchdog = try Watchdog(
            script: Self.watchdogScript, arguments: [directory], directory: "/")
        currentPort = Mutex(0)
    }

    /// The path of a program of the same PostgreSQL: `psql`, `pgbench`.
    package func program(_ name: String) -> String { programs.client(name) }

    package var port: Int { currentPort.withLock { $0 } }

    /// With the password in it.
    package func url(database: String = "postgres") -> String {
        "postgresql://eralink:\(password)@127.0.0.1:\(port)/\(database)"
    }

    /// The server's own log.
    package var log: String { (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "" }

    // MARK: Databases

    /// A new database, a copy of `template` where one is given.
    package func createDatabase(_ name: String, template: String? = nil) async throws {
        let copy = template.map { " TEMPLATE \"\($0)\"" } ?? ""
        try await administer(PostgresQuery(unescaped: "CREATE DATABASE \"\(name)\"\(copy)"))
    }

    /// Also ends the sessions in it.
    package func dropDatabase(_ name: String) async throws {
        try await administer(PostgresQuery(unescaped: "DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)"))
    }

    private func administer(_ statement: PostgresQuery) async throws {
        let connection = try await PostgresConnection.connect(configuration(), log: Self.silent)
        do {
            _ = try await connection.query(statement, deadline: .after(.seconds(60)))
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    private func configuration() throws -> PostgresConfiguration {
        var configuration = try PostgresConfiguration(url: url())
        configuration.applicationName = "sandbox"
        configuration.connectTimeout = .seconds(10)
        return configuration
    }

    private static var silent: Logger { Logger(label: "sandbox", factory: { _ in SwiftLogNoOpLogHandler() }) }

    // MARK: Start and stop

    private func initialize(copying source: InitializedCluster.Source?) async throws {
        if let source {
            try await programs.run("cp", ["-a", source.directory + "/data", directory], in: directory)
        } else {
            try await InitializedCluster.initialize(directory, password: password, programs)
        }
        let own = [
            "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", "max_connections = 200",
            "shared_buffers = '64MB'", "lc_messages = 'C'", "log_checkpoints = off",
        ]
        let file = directory + "/data/postgresql.conf"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try programs.write(text + (own + options.settings).joined(separator: "\n") + "\n", to: file)
    }

    /// Starts the server again after `stop()` or `kill()`, on the same port, and waits until it answers.
    package func start() async throws {
        for _ in 0..<5 {
            let chosen = port == 0 ? try FreePort.find() : port
            let process = try programs.spawn(
                programs.path("postgres"), ["-D", directory + "/data", "-p", String(chosen)], in: directory,
                log: directory + "/log")
            let isFirstStart = port == 0
            currentPort.withLock { $0 = chosen }
            if try await answers(process) { return }
            // Somebody took the port between our looking and the server's.
            if isFirstStart, log.contains("Address already in use") { currentPort.withLock { $0 = 0 } }
        }
        throw SandboxError("PostgreSQL did not start; its log ends with: \(log.suffix(2000))")
    }

    /// Waits for readiness by connecting; false when the server has ended instead.
    private func answers(_ process: SpawnedProcess) async throws -> Bool {
        let clock = ContinuousClock()
        let limit = clock.now + options.startLimit
        var reason = ""
        while clock.now < limit {
            do {
                let connection = try await PostgresConnection.connect(configuration(), log: Self.silent)
                await connection.close()
                return true
            } catch let error as PostgresError {
                reason = error.message
            }
            if !process.isRunning { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw SandboxError("PostgreSQL did not answer within \(options.startLimit): \(reason)")
    }

    /// The postmaster's process id, from its own file: we may have started it through another program.
    package var processID: pid_t? {
        guard let text = try? String(contentsOfFile: directory + "/data/postmaster.pid", encoding: .utf8),
            let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }), ProcessTable.name(of: pid) == "postgres"
        else { return nil }
        return pid
    }

    /// Ends the server as an administrator would (fast shutdown) and waits for its end.
    package func stop() async {
        guard let processID else { return }
        Foundation.kill(processID, SIGINT)
        await ProcessTable.waitForEnd(of: [processID])
    }

    /// Ends the server and all its processes without notice, as a crash would.
    package func kill() async {
        guard let processID else { return }
        // The postmaster first, or it would tidy up after its children.
        Foundation.kill(processID, SIGKILL)
        let children = ProcessTable.children(of: processID)
        for child in children { Foundation.kill(child, SIGKILL) }
        await ProcessTable.waitForEnd(of: [processID] + children)
    }

    /// Stops the server and all its processes in their tracks: connections stay open and nothing answers.
    package func pause() {
        guard let processID else { return }
        Foundation.kill(processID, SIGSTOP)
        for child in ProcessTable.children(of: processID) { Foundation.kill(child, SIGSTOP) }
    }

    package func resume() {
        guard let processID else { return }
        for child in ProcessTable.children(of: processID) { Foundation.kill(child, SIGCONT) }
        Foundation.kill(processID, SIGCONT)
    }

    /// Ends the server and removes its directory. Nothing works afterwards.
    package func remove() async { await watchdog.finish() }

    // Reads until its standard input ends. The name is checked, since a crashed server's process id may be somebody else's now. More than
    // one turn is needed where we died while a server was being made or started: what does that still writes.
    static let watchdogScript = """
        trap '' INT TERM HUP
        cat > /dev/null
        turns=0
        while [ -e "$1" ] && [ $turns -lt 100 ]; do
            pid=$(head -n 1 "$1/data/postmaster.pid" 2> /dev/null)
            if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2> /dev/null)" = postgres ]; then
                kill -CONT "$pid"
                kill -QUIT "$pid"
                while grep -q '^State:.[^ZX]' "/proc/$pid/status" 2> /dev/null; do sleep 0.02; done
            fi
            rm -rf "$1" 2> /dev/null || sleep 0.1
            turns=$((turns + 1))
        done
        """
}
