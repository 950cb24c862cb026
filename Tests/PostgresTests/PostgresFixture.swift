import Logging
import Postgres
import TestSupport

/// A pool on a database of the test's own.
func withPool<R>(
    _ change: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresPool) async throws -> R
) async throws -> R {
    try await SharedPostgres.withDatabase { database in
        var configuration = try database.configuration
        change(&configuration)
        let pool = PostgresPool(configuration, log: .silent)
        do {
            let result = try await body(pool)
            await pool.shutdown()
            return result
        } catch {
            await pool.shutdown()
            throw error
        }
    }
}

/// The error that `body` throws, or nil.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}
