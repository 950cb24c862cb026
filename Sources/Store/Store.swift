import Domain
import Logging
import Postgres

/// Every SQL statement of Eralink, an extension or a type per aggregate, over one pool.
///
/// The database is the truth (design.md, rule 1). Methods throw `EralinkError` for what a caller did wrong and for an
/// unreachable database (`unavailable`), so that the services have one kind of error.
package struct Store: Sendable {
    package let pool: PostgresPool
    package let logger: Logger

    package init(pool: PostgresPool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }
}
