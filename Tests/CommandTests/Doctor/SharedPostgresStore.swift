import Postgres
import Store
import TestSupport

/// A store over a database of the test's own.
enum SharedPostgresStore {
    static func with(_ body: (Store) async throws -> Void) async throws {
        try await SharedPostgres.withDatabase(template: .migrated) { database in
            try await PostgresPool.withPool(try database.configuration, log: .silent) { pool in
                try await body(Store(pool: pool, logger: .silent))
            }
        }
    }
}
