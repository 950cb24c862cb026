import Foundation

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
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
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

    func makeDirectory() throws -> String {
        let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array((base + "/eralink-postgres-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SandboxError("cannot make a directory in \(base): \(String(cString: strerror(errno)))")
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        handOver(path)
        return path
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

    private func command(_ program: String, _ arguments: [String]) -> [String] {
        let command = [program] + arguments
        guard let owner else { return command }
        // Becomes the program itself, unlike runuser, which stays as its parent and stops with it, never to take its end in.
        return ["setpriv", "--reuid", String(owner.uid), "--regid", String(owner.gid), "--clear-groups", "--"] + command
    }

    /// Runs a program to its end.
    func run(_ program: String, _ arguments: [String], in directory: String) async throws {
        let log = directory + "/setup.log"
        let process = try spawn(program, arguments, in: directory, log: log)
        await process.waitForEnd()
        if process.exitStatus != 0 {
            let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw SandboxError("\(program) failed: \(output.suffix(2000))")
        }
    }

    func spawn(_ program: String, _ arguments: [String], in directory: String, log: String) throws -> SpawnedProcess {
        try SpawnedProcess(command(program, arguments), directory: directory, log: log)
    }
}
