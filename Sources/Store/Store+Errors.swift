import Domain
import Logging
import Postgres

extension Store {
    /// Turns what the database refuses into what an edge may say; the cause goes to the log.
    func asEralinkError<Value>(_ body: () async throws -> Value) async throws(EralinkError) -> Value {
        do {
            return try await body()
        } catch let error as EralinkError {
            throw error
        } catch let error as PostgresError where error.sqlState == PostgresQuery.leaseLostState {
            throw EralinkError.leaseLost
        } catch let error as PostgresError where error.isUnavailable || error.retryable {
            logger.warning("the database did not answer", metadata: ["error": "\(error)"])
            let isSaid = error.message.hasPrefix("the database")
            throw EralinkError(
                .unavailable, isSaid ? error.message : "the database is not available: \(error.message)",
                retryable: error.retryable,
                retryAfterMilliseconds: 1000)
        } catch let error as PostgresError where error.code == .cancelled {
            throw EralinkError(.unavailable, "the request was cancelled", retryAfterMilliseconds: 1000)
        } catch is CancellationError {
            throw EralinkError(.unavailable, "the request was cancelled", retryAfterMilliseconds: 1000)
        } catch {
            logger.error("a database operation failed", metadata: ["error": "\(error)"])
            throw EralinkError(.internal, "the database refused the operation; the log says why")
        }
    }

    /// Two processes may write the same unique key at once: the one that comes second looks again, and finds it.
    func retryingUniqueViolations<Value>(_ body: () async throws -> Value) async throws -> Value {
        for _ in 0..<3 {
            do {
                return try await body()
            } catch let error as PostgresError where error.isUniqueViolation || error.sqlState == "40P01" {
                continue
            }
        }
        return try await body()
    }
}
