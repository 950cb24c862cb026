import FoundationEssentials
import Glibc

/// The installed server programs, and the user they run as: PostgreSQL refuses root.
struct PostgresPrograms: Sendable {
    let binaries: String
    /// Set where we are root.
    private let owner: Owner?

    private struct Owner: Sendable {
        let uid: uid_t
        let gid: gid_t
    }

    /// Where programs of PostgreSQL may be, in the order in which they are looked for.
    private static var directories: [String] {
        let path = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":").map(String.init)
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? [])
            .compactMap { Int($0) }.sorted(by: >).map { "/usr/lib/postgresql/\($0)/bin" }
        return path + versions + ["/usr/local/pgsql/bin"]
    }

    /// A client program: beside the server's, or wherever there is one.
    func client(_ name: String) -> String {
        ([binaries] + Self.directories).map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) } ?? name
    }

    /// - Throws: `SandboxError` that says what to install.
    static func find() throws -> PostgresPrograms {
        let files = FileManager.default
        let binaries = directories.first {
            files.isExecutableFile(atPath: $0 + "/initdb") && files.isExecutableFile(atPath: $0 + "/postgres")
        }
        guard let binaries else {
            throw SandboxError(
                "the PostgreSQL server is not installed; install it (Debian: apt-get install postgresql)")
        }
        guard geteuid() == 0 else { return PostgresPrograms(binaries: binaries, owner: nil) }
        guard let user = getpwnam("postgres") else {
            throw SandboxError(
                "PostgreSQL does not run as root and there is no user postgres; run this as another user")
        }
        return PostgresPrograms(binaries: binaries, owner: Owner(uid: user.pointee.pw_uid, gid: user.pointee.pw_gid))
    }

    /// A scratch directory that belongs to the server's user.
    func makeScratch() throws -> ScratchWatchdog {
        let scratch = try ScratchWatchdog(name: "postgres")
        handOver(scratch.directory)
        return scratch
    }

    func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        handOver(path)
        chmod(path, 0o600)
    }

    private func handOver(_ path: String) {
        if let owner { chown(path, owner.uid, owner.gid) }
    }

    func path(_ program: String) -> String { binaries + "/" + program }

    /// Runs a program to its end, as the server's user.
    func run(_ program: String, _ arguments: [String], in scratch: ScratchWatchdog) async throws {
        let log = scratch.directory + "/setup.log"
        let child = try start(program, arguments, in: scratch, log: log)
        await child.waitForEnd()
        scratch.forget(child.pid)
        if child.exitStatus != 0 {
            let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw SandboxError("\(program) failed: \(output.suffix(2000))")
        }
    }

    /// Starts the server with a volume of that many bytes mounted at the directory `data` of its own, which nobody else sees and
    /// which is gone with the server. The write-ahead log stays outside: a full volume is then an error and no crash.
    func start(
        _ program: String, _ arguments: [String], onVolume bytes: Int64, in scratch: ScratchWatchdog, log: String
    ) throws -> ChildProcess {
        guard let owner else { throw SandboxError("a volume of its own for PostgreSQL needs root") }
        let script = """
            cd "$1" && rm -rf wal seed && mv data seed && mkdir data && mv seed/pg_wal wal && ln -s "$1/wal" seed/pg_wal &&
            mount -t tmpfs -o size=$2,uid=$3,gid=$4,mode=0700 tmpfs data && cp -a seed/. data && shift 4 && exec "$@"
            """
        let child = try ChildProcess.start(
            "unshare",
            ["--mount", "--propagation", "private", "sh", "-c", script, "sh", scratch.directory, String(bytes)]
                + [String(owner.uid), String(owner.gid)] + setpriv(owner) + [program] + arguments,
            directory: scratch.directory, output: log)
        scratch.watch(child.pid, endingBy: SIGQUIT)
        return child
    }

    private func setpriv(_ owner: Owner) -> [String] {
        // Becomes the program itself, unlike runuser, which stays as its parent and stops with it, never to take its end in.
        ["setpriv", "--reuid", String(owner.uid), "--regid", String(owner.gid), "--clear-groups", "--"]
    }

    /// Starts a program as the server's user. At our end it is ended by SIGQUIT, the server's immediate shutdown: killed, it
    /// would leave its shared memory.
    func start(
        _ program: String, _ arguments: [String], in scratch: ScratchWatchdog, log: String
    ) throws -> ChildProcess {
        var command = [program] + arguments
        if let owner { command = setpriv(owner) + command }
        let child = try ChildProcess.start(
            command[0], Array(command.dropFirst()), directory: scratch.directory, output: log)
        scratch.watch(child.pid, endingBy: SIGQUIT)
        return child
    }
}
