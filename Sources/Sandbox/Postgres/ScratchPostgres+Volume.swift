import Postgres

/// What can happen to a server whose data lies on a volume of its own.
extension ScratchPostgres {
    /// Writes until there is no room left: the server refuses every table that grows (53100).
    package func fillVolume() async throws {
        // By a program: what a statement that fails had written is free again at its end.
        _ = try? await administer(
            "COPY (SELECT repeat('x', 65536) FROM generate_series(1, 100000)) TO PROGRAM 'cat > filler'")
        _ = try? await administer(
            "COPY (SELECT) TO PROGRAM 'while head -c 8192 /dev/zero >> filler; do :; done'")
        // What is left is given back by the kernel only by and by, and the server would find it.
        try await administer("CREATE TABLE filler (text text)")
        for _ in 0..<5000 where try await !refusesWrites() {}
        guard try await refusesWrites() else { throw SandboxError("PostgreSQL still finds room on its full volume") }
    }

    /// Whether a table that grows is refused for want of room.
    package func refusesWrites() async throws -> Bool {
        do {
            try await administer("INSERT INTO filler SELECT md5(i::text) FROM generate_series(1, 1000) AS i")
            return false
        } catch let error as PostgresError where error.sqlState == "53100" {
            return true
        }
    }

    package func emptyVolume() async throws {
        try await administer("COPY (SELECT) TO PROGRAM 'rm -f filler'")
        try await administer("DROP TABLE filler")
    }
}
