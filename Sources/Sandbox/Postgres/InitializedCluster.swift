import FoundationEssentials

/// An empty cluster, made once per process and copied: `initdb` takes a second or more, a copy a tenth of it.
actor InitializedCluster {
    static let shared = InitializedCluster()

    struct Source: Sendable {
        let password: String
        /// Removes its directory at the end of the process.
        let scratch: ScratchWatchdog
    }

    private var making: Task<Source, any Error>?

    func source(_ programs: PostgresPrograms) async throws -> Source {
        if let making { return try await making.value }
        // Everybody who needs a server waits for it.
        let task = Task {
            let source = Source(password: Self.makePassword(), scratch: try programs.makeScratch())
            try await Self.initialize(source.scratch, password: source.password, programs)
            return source
        }
        making = task
        return try await task.value
    }

    static func makePassword() -> String {
        (0..<4).map { _ in String(UInt32.random(in: .min ... .max), radix: 36) }.joined()
    }

    /// Makes a cluster in `data` of the directory, for the user `eralink`.
    static func initialize(_ scratch: ScratchWatchdog, password: String, _ programs: PostgresPrograms) async throws {
        let passwordFile = scratch.directory + "/password"
        try programs.write(password + "\n", to: passwordFile)
        try await programs.run(
            programs.path("initdb"),
            [
                "--pgdata", scratch.directory + "/data", "--username", "eralink", "--pwfile", passwordFile, "--auth",
                "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions",
            ], in: scratch)
        try FileManager.default.removeItem(atPath: passwordFile)
    }
}
