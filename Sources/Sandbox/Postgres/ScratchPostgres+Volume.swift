import Postgres

/// What can happen to a server whose data lies on a volume of its own.
extension ScratchPostgres {
    /// Writes until there is no room left, and makes sure that the server finds none.
    package func fillVolume() async throws {
        // By a program: what a statement that fails had written is free again at its end.
        _ = try? await administer(
            "COPY (SELECT repeat('x', 65536) FROM generate_series(1, 100000)) TO PROGRAM 'cat > filler'")
        guard try await refusesWrites() else { throw SandboxError("PostgreSQL still finds room on its full volume") }
    }

    /// Whether a table that grows is refused for want of room (53100).
    package func refusesWrites() async throws -> Bool {
        do {
            try await administer("CREATE TABLE room AS SELECT md5(i::text) FROM generate_series(1, 10000) AS i")
            try await administer("DROP TABLE room")
            return false
        } catch let error as PostgresError where error.sqlState == "53100" {
            return true
        }
    }

    package func emptyVolume() async throws { try await administer("COPY (SELECT) TO PROGRAM 'rm -f filler'") }
}
