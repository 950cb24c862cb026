import Logging
import Postgres
import TestSupport

/// A pool on a database of the test's own.
func withPool<R>(
    _ change: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresPool) async throws -> R
) async throws -> R {
    try await SharedPostgres.withDatabase { database in
        var configuration = try database.configuration
        // A busy machine must not fail a test that is not about time.
        configuration.deadline = .seconds(60)
        configuration.waitLimit = .seconds(60)
        configuration.settings["idle_in_transaction_session_timeout"] = "60000"
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
func postgresError<R>(_ body: () async throws -> R) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

struct NeverCame: Error {}

/// Asks again and again until it is so.
func waitUntil(_ condition: () async throws -> Bool) async throws {
    let limit = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        if ContinuousClock.now > limit { throw NeverCame() }
        try await Task.sleep(for: .milliseconds(10))
    }
}
