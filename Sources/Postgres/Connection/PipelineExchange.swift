import CPostgres

/// How a call ends on the server.
enum Completion: Equatable {
    /// The statements are a transaction of their own, committed at the sync.
    case implicit
    /// The last statement is COMMIT.
    case commit
    /// A transaction goes on.
    case open
}

/// What one call still has to hear, in order, and what it has heard. Decides; touches no connection.
///
/// In pipeline mode libpq gives each statement's result and then nothing, once; after an error `PIPELINE_ABORTED` for the rest; the sync
/// last and by itself (engineering.md, "libpq").
struct PipelineExchange {
    enum Step: Equatable {
        /// Freeing a prepared statement; its failure means nothing.
        case deallocate
        case prepare(index: Int, name: String)
        case statement(index: Int)
        /// Asks for something trivial between the last statement and the sync. libpq hands over what the server says during the
        /// commit together with the answer before it: this is that answer, so a statement's own warnings are not taken for
        /// the commit's.
        case barrier
        case sync(isLast: Bool)
    }

    enum Action {
        case proceed
        /// The statement of this index is prepared under this name.
        case prepared(index: Int, name: String)
        case finished
        /// libpq said what it cannot have said here: the connection is of no use.
        case confused(String)
        case lost(PostgresError)
    }

    /// What libpq hands over, without its C types.
    enum Event {
        case rows(ResultHandle)
        case failed(PostgresError)
        case lost(PostgresError)
        case aborted
        case sync
        case endOfStep
        case unexpected(String)
    }

    let completion: Completion
    private let queries: [PostgresQuery]
    private var steps: [Step] = []
    private var position = 0
    private var emptyAnswers = 0
    private(set) var results: [PostgresResult] = []
    private(set) var failure: PostgresError?
    private(set) var commitWarning: String?
    private(set) var isCommitted = false

    init(_ queries: [PostgresQuery], completion: Completion) {
        self.queries = queries
        self.completion = completion
    }

    mutating func expect(_ step: Step) { steps.append(step) }

    private var current: Step? { position < steps.count ? steps[position] : nil }

    mutating func received(_ event: Event) -> Action {
        guard let step = current else { return .confused("a result beyond the last sync") }
        switch event {
        case .endOfStep:
            // After an error in answer to the sync itself, and when the connection is lost, nothing comes where something was due.
            if case .sync = step {
                emptyAnswers += 1
                return emptyAnswers > 2 ? .confused("no answer to a sync") : .proceed
            }
            position += 1
            return .proceed
        case .sync:
            guard case .sync(let isLast) = step else { return .confused("a sync before its time") }
            position += 1
            emptyAnswers = 0
            if isLast, completion == .implicit, failure == nil { isCommitted = true }
            return isLast ? .finished : .proceed
        case .failed(let error):
            if step != .deallocate { fail(error, at: step) }
            return .proceed
        case .lost(let error):
            return .lost(error)
        case .aborted:
            return .proceed
        case .rows(let handle):
            return received(handle, at: step)
        case .unexpected(let status):
            return .confused("an answer of kind \(status)")
        }
    }

    private mutating func received(_ handle: ResultHandle, at step: Step) -> Action {
        switch step {
        case .deallocate, .barrier: return .proceed
        case .prepare(let index, let name): return .prepared(index: index, name: name)
        case .sync: return .confused("a result in place of a sync")
        case .statement(let index):
            let result = PostgresResult(handle)
            results.append(result)
            if completion == .commit, index == queries.count - 1 {
                if handle.commandTag == "COMMIT" {
                    isCommitted = true
                } else {
                    fail(
                        PostgresError(
                            .rolledBack, "the transaction was rolled back: one of its statements had failed before"),
                        at: step)
                }
            }
            return .proceed
        }
    }

    /// A warning while the transaction is being committed: "canceling wait for synchronous replication" is one, and the server then
    /// reports success.
    mutating func noticed(_ notice: Notice) {
        guard notice.severity == "WARNING" else { return }
        switch (completion, current) {
        case (.commit, .statement(let index)) where index == queries.count - 1: commitWarning = notice.message
        case (.implicit, .barrier), (.implicit, .sync(isLast: true)): commitWarning = notice.message
        default: return
        }
    }

    private mutating func fail(_ error: PostgresError, at step: Step) {
        if failure != nil { return }
        var error = error
        switch step {
        case .prepare(let index, _), .statement(let index):
            error.statementIndex = index
            error.sql = queries[index].sql
        case .deallocate, .barrier, .sync: break
        }
        failure = error
    }

    /// What the call returns once its last sync is in, or the connection gone.
    var outcome: Result<[PostgresResult], PostgresError> {
        if let failure { return .failure(failure) }
        if let commitWarning {
            var error = PostgresError(.commitUncertain, "COMMIT was answered with a warning: \(commitWarning)")
            error.mayHaveTakenEffect = true
            return .failure(error)
        }
        return .success(results)
    }

    /// What the call throws when `reason` cut it off: a server's own error outweighs it, and a COMMIT that was under way is uncertain.
    func cut(by reason: PostgresError) -> Result<[PostgresResult], PostgresError> {
        if failure != nil { return outcome }
        if completion == .commit, isCommitted { return outcome }
        var error = reason
        switch completion {
        case .open: break
        case .implicit: error.mayHaveTakenEffect = true
        case .commit:
            error.code = .commitUncertain
            error.mayHaveTakenEffect = true
        }
        if error.sql == nil { error.sql = queries.first?.sql }
        return .failure(error)
    }
}

extension PipelineExchange.Event {
    init(_ handle: ResultHandle?) {
        guard let handle else {
            self = .endOfStep
            return
        }
        switch handle.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: self = .rows(handle)
        case PGRES_PIPELINE_SYNC: self = .sync
        case PGRES_PIPELINE_ABORTED: self = .aborted
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
            let error = handle.error(sql: nil)
            // An error without SQLSTATE is libpq's own: the connection is lost.
            self = error.sqlState == nil ? .lost(error) : .failed(error)
        case let status: self = .unexpected(PQresStatus(status).map { String(cString: $0) } ?? "?")
        }
    }
}
