/// What went wrong between us and the database.
///
/// `description` carries the reason and the statement, never its arguments and never the server's detail, which quotes
/// column values.
package struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// An open set of kinds: new ones may be added without breaking a caller.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: Hashable {
            case connection, timedOut, cancelled, server(String), commitUncertain, rolledBack, decoding
            case invalidArgument, configuration, poolExhausted, closed
        }

        private let kind: Kind

        /// The server cannot be reached, or the connection was lost.
        package static let connection = Code(kind: .connection)
        /// The call's deadline passed; the connection was closed.
        package static let timedOut = Code(kind: .timedOut)
        /// The awaiting task was cancelled.
        package static let cancelled = Code(kind: .cancelled)
        /// The server's own error, by SQLSTATE.
        package static func server(_ sqlState: String) -> Code { Code(kind: .server(sqlState)) }
        /// COMMIT was sent and its outcome, or its arrival on the synchronous standby, is not known.
        package static let commitUncertain = Code(kind: .commitUncertain)
        /// COMMIT was answered with ROLLBACK: a statement of the transaction had failed before.
        package static let rolledBack = Code(kind: .rolledBack)
        /// A result does not have the type that was asked for.
        package static let decoding = Code(kind: .decoding)
        /// An argument or a call that PostgreSQL cannot take, found before anything was sent.
        package static let invalidArgument = Code(kind: .invalidArgument)
        /// The connection URL or a setting is wrong.
        package static let configuration = Code(kind: .configuration)
        /// Every connection stayed busy, or too many callers are waiting already.
        package static let poolExhausted = Code(kind: .poolExhausted)
        /// The pool or the connection was closed by its owner.
        package static let closed = Code(kind: .closed)

        package var description: String {
            if case .server(let sqlState) = kind { return "server(\(sqlState))" }
            return "\(kind)"
        }
    }

    package var code: Code
    /// One sentence, lower case: the server's primary message where there is one.
    package var message: String
    /// The server's SQLSTATE, also where `code` is not `.server` (a refused log-in, a lost connection).
    package var sqlState: String?
    /// The server's detail. It may quote stored values: keep it out of logs.
    package var detail: String?
    /// The violated constraint's name.
    package var constraint: String?
    /// The failed statement's text, without its arguments.
    package var sql: String?
    /// The failed statement's position in its batch.
    package var statementIndex: Int?
    /// Whether what was sent may have been carried out although the call failed.
    package var mayHaveTakenEffect = false
    /// Whether anything reached the server: a call that was not sent may be made again on another connection.
    var wasSent = true

    package init(_ code: Code, _ message: String, sqlState: String? = nil, sql: String? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.sql = sql
    }

    /// Whether the same call may succeed later without a change. Where `mayHaveTakenEffect` holds, only an idempotent
    /// call may be made again.
    package var retryable: Bool {
        switch code {
        case .connection, .timedOut, .poolExhausted, .commitUncertain, .closed:
            return !isPermanentRefusal
        case .cancelled, .rolledBack, .decoding, .invalidArgument, .configuration:
            return false
        default:
            guard let sqlState else { return false }
            return SQLState.isTransient(sqlState)
        }
    }

    /// Whether the database is at fault, not the request: what an edge answers with `unavailable`.
    package var isUnavailable: Bool {
        switch code {
        case .connection, .timedOut, .poolExhausted, .commitUncertain, .closed: true
        default: sqlState.map(SQLState.isUnavailable) ?? false
        }
    }

    package var isUniqueViolation: Bool { sqlState == SQLState.uniqueViolation }
    package var isForeignKeyViolation: Bool { sqlState == SQLState.foreignKeyViolation }

    /// A log-in that waiting does not mend: wrong password, no such database, a setting that the server does not know.
    var isPermanentRefusal: Bool {
        sqlState.map { !SQLState.isUnavailable($0) } ?? (code == .configuration)
    }

    /// The connection was dead before anything was sent: another one may be tried.
    var isLostUnsent: Bool { !wasSent && code == .connection }

    package var description: String {
        var text = message
        if let sqlState { text += " (\(sqlState))" }
        if let sql { text += " in: \(sql)" }
        return text
    }
}
