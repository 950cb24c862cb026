import Postgres

/// What can happen to a server whose data lies on a volume of its own.
extension ScratchPostgres {
    /// Writes until there is no room left.
    package func fillVolume() async throws {
        // Every session's temporary files would find room again at the end of the statement that fails.
        _ = try? await administer(
            "COPY (SELECT repeat('x', 65536) FROM generate_series(1, 100000)) TO PROGRAM 'cat > filler'")
    }

    package func emptyVolume() async throws { try await administer("COPY (SELECT) TO PROGRAM 'rm -f filler'") }

}
