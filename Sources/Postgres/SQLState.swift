/// The SQLSTATEs that are acted on (PostgreSQL manual, appendix A).
package enum SQLState {
    package static let uniqueViolation = "23505"
    package static let foreignKeyViolation = "23503"
    package static let checkViolation = "23514"
    package static let serializationFailure = "40001"
    package static let deadlockDetected = "40P01"
    package static let lockNotAvailable = "55P03"
    package static let queryCanceled = "57014"
    package static let readOnlyTransaction = "25006"
    package static let idleInTransactionTimeout = "25P03"
    package static let undefinedTable = "42P01"
    package static let featureNotSupported = "0A000"
    package static let unknownPreparedStatement = "26000"

    /// The server is leaving, arriving or only a standby: connections to it are given up, so that the next connect finds
    /// the writable host.
    static func isFailover(_ sqlState: String) -> Bool {
        sqlState == readOnlyTransaction || ["57P01", "57P02", "57P03"].contains(sqlState)
    }

    static func isTransient(_ sqlState: String) -> Bool {
        [serializationFailure, deadlockDetected, lockNotAvailable].contains(sqlState) || isUnavailable(sqlState)
    }

    static func isUnavailable(_ sqlState: String) -> Bool {
        isFailover(sqlState) || sqlState.hasPrefix("08") || sqlState.hasPrefix("53") || sqlState.hasPrefix("58")
            || [lockNotAvailable, idleInTransactionTimeout, queryCanceled, "57P05"].contains(sqlState)
    }
}
