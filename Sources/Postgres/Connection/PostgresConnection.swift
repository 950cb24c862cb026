import CPostgres
import Glibc
import Logging
import Synchronization

/// One session with the server: libpq in pipeline mode, on the loop's thread.
///
/// Calls are served one after the other in the order they came. A call whose deadline passes closes the connection, since what the
/// server makes of it cannot be known. A call whose task is cancelled is taken out if it has not been sent; otherwise it has half a
/// second to end, then the connection is closed.
package actor PostgresConnection {
    enum Health: Int { case usable, inTransaction, retired, closed }

    nonisolated let loop: PostgresLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

    nonisolated let configuration: PostgresConfiguration
    nonisolated let log: Logger
    /// Written on the loop after each call, read by the pool without waiting for the loop.
    private nonisolated let healthValue = Atomic<Int>(Health.usable.rawValue)

    var handle: ConnectionHandle?
    var statements: StatementCache
    private var closedBecause = PostgresError(.closed, "the connection is closed")
    /// Set by an error that says that the server is not the writable one any more, or is leaving.
    private var isRetired = false

    // The call that has its turn.
    private var turn: UInt64?
    private var turnDeadline: MonotonicTime?
    private var isInterrupted = false
    private var currentWait: Poller.WaitID?
    private var lastTurn: UInt64 = 0
    private var queue: [(turn: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []

    private static let cancellationGrace: Duration = .milliseconds(500)

    /// Opens a connection to the first host of the configuration that takes it.
    /// - Parameter preferred: the host to try first, as an index into the URL's hosts.
    /// - Throws: `.connection` with each host's reason, `.cancelled`; `.server` where the log-in was refused.
    package static func connect(
        _ configuration: PostgresConfiguration, log: Logger, loop: PostgresLoop = .shared
    ) async throws(PostgresError) -> PostgresConnection {
        let connection = PostgresConnection(configuration, log: log, loop: loop)
        try await connection.open()
        return connection
    }

    private init(_ configuration: PostgresConfiguration, log: Logger, loop: PostgresLoop) {
        self.configuration = configuration
        self.log = log
        self.loop = loop
        statements = StatementCache(limit: configuration.statementCacheLimit)
    }

    nonisolated var health: Health { Health(rawValue: healthValue.load(ordering: .acquiring)) ?? .closed }

    // MARK: Calls

    @discardableResult
    package func query(
        _ query: PostgresQuery, deadline: PostgresDeadline = .standard
    ) async throws(PostgresError) -> PostgresResult {
        try await single(run([query], completion: .implicit, deadline: deadline.moment(configuration)))
    }

    /// Sends all statements in one flush with one sync: one round trip, one transaction, all or nothing.
    @discardableResult
    package func batch(
        _ queries: [PostgresQuery], deadline: PostgresDeadline = .standard
    ) async throws(PostgresError) -> [PostgresResult] {
        try await run(queries, completion: .implicit, deadline: deadline.moment(configuration))
    }

    package func close() {
        close(because: PostgresError(.closed, "the connection is closed"))
    }

    func run(
        _ queries: [PostgresQuery], completion: Completion, deadline: MonotonicTime?, isShielded: Bool = false
    ) async throws(PostgresError) -> [PostgresResult] {
        for query in queries { try query.validate() }
        if queries.isEmpty { return [] }
        return try await taking(turnUntil: deadline, isShielded: isShielded) { connection, handle in
            await connection.exchange(queries, completion: completion, handle: handle)
        }.get()
    }

    /// Waits for the connection's turn and gives `body` the open handle.
    func taking<R: Sendable>(
        turnUntil deadline: MonotonicTime?, isShielded: Bool = false,
        _ body: @Sendable (isolated PostgresConnection, ConnectionHandle) async -> Result<R, PostgresError>
    ) async throws(PostgresError) -> Result<R, PostgresError> {
        lastTurn += 1
        let turn = lastTurn
        return await withTaskCancellationHandler {
            guard await begin(turn), isShielded || !Task.isCancelled else {
                end(turn)
                return .failure(unsent(PostgresError(.cancelled, "the call was cancelled before it was sent")))
            }
            defer { end(turn) }
            turnDeadline = deadline
            guard let handle = checkedHandle() else { return .failure(unsent(closedBecause)) }
            let result = await body(self, handle)
            finish(result)
            return result
        } onCancel: {
            // Ends by itself: one hop to the loop.
            if !isShielded { Task { await self.interrupt(turn) } }
        }
    }

    private func unsent(_ error: PostgresError) -> PostgresError {
        var error = error
        error.wasSent = false
        return error
    }

    // MARK: Turns

    private func begin(_ turn: UInt64) async -> Bool {
        if self.turn == nil {
            self.turn = turn
            return true
        }
        return await withCheckedContinuation { queue.append((turn, $0)) }
    }

    private func end(_ turn: UInt64) {
        guard self.turn == turn else { return }
        turnDeadline = nil
        isInterrupted = false
        currentWait = nil
        if queue.isEmpty {
            self.turn = nil
        } else {
            let next = queue.removeFirst()
            self.turn = next.turn
            next.continuation.resume(returning: true)
        }
    }

    private func interrupt(_ turn: UInt64) {
        if self.turn == turn {
            isInterrupted = true
            let limit = MonotonicTime.now + Self.cancellationGrace
            if turnDeadline.map({ limit < $0 }) ?? true { turnDeadline = limit }
            if let currentWait { loop.poller.shorten(currentWait, to: limit) }
        } else if let index = queue.firstIndex(where: { $0.turn == turn }) {
            queue.remove(at: index).continuation.resume(returning: false)
        }
    }

    private func finish<R>(_ result: Result<R, PostgresError>) {
        if case .failure(let error) = result, let sqlState = error.sqlState, SQLState.isFailover(sqlState) {
            isRetired = true
        }
        publishHealth()
    }

    private func publishHealth() {
        let health: Health =
            switch handle {
            case nil: .closed
            case .some where isRetired: .retired
            case .some(let handle): handle.isIdle ? .usable : .inTransaction
            }
        healthValue.store(health.rawValue, ordering: .releasing)
    }

    // MARK: The handle

    func adopt(_ handle: ConnectionHandle) { self.handle = handle }

    func close(because reason: PostgresError, cancellingOnServer: Bool = false) {
        guard let handle else { return }
        if cancellingOnServer { handle.cancelOnServer() }
        deliverNotices(handle.takeNotices())
        closedBecause = reason
        // The last reference: the connection is finished here, on the loop. A call that is waiting for it sees that it is gone.
        self.handle = nil
        if let currentWait { loop.poller.shorten(currentWait, to: .now) }
        publishHealth()
    }

    /// The handle, unless the server has hung up since the last call: then nothing is sent, and the caller may turn to another
    /// connection.
    private func checkedHandle() -> ConnectionHandle? {
        guard let handle else { return nil }
        var descriptor = pollfd(fd: handle.socket, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 0) != 0 else { return handle }
        let isOpen = PQconsumeInput(handle.pointer) == 1 && PQisBusy(handle.pointer) == 0
        let notices = handle.takeNotices()
        deliverNotices(notices)
        if let farewell = notices.last(where: { $0.severity == "FATAL" }) {
            close(because: PostgresError(.connection, farewell.message, sqlState: farewell.sqlState))
        } else if !isOpen || handle.isBroken {
            close(because: PostgresError(.connection, "the server closed the connection"))
        }
        return self.handle
    }

    func deliverNotices(_ notices: [Notice]) {
        for notice in notices {
            let level: Logger.Level =
                ["WARNING", "FATAL", "ERROR", "PANIC"].contains(notice.severity) ? .warning : .debug
            log.log(
                level: level, "postgres notice",
                metadata: [
                    "severity": "\(notice.severity)", "sql_state": "\(notice.sqlState)", "message": "\(notice.message)",
                ])
        }
    }

    // MARK: Waiting

    /// Waits on the handle's socket, until the call's deadline at most.
    /// - Throws: when the deadline has passed or the connection was closed meanwhile.
    func wait(_ handle: ConnectionHandle, _ interest: Readiness) async throws(PostgresError) -> Readiness {
        let readiness = await wait(fd: handle.socket, interest, until: turnDeadline)
        guard self.handle === handle else { throw closedBecause }
        if !readiness.contains(.deadline) { return readiness }
        let error =
            isInterrupted
            ? PostgresError(
                .cancelled, "the call was cancelled while the server was at work; the connection was closed")
            : PostgresError(.timedOut, "the database did not answer in time; the connection was closed")
        close(because: error, cancellingOnServer: true)
        throw error
    }

    /// For calls that may take long as a whole but must move on: each step has the standard deadline of its own.
    func renewDeadline() {
        if !isInterrupted { turnDeadline = PostgresDeadline.standard.moment(configuration) }
    }

    func wait(fd: Int32, _ interest: Readiness, until deadline: MonotonicTime?) async -> Readiness {
        let id = loop.poller.makeID()
        currentWait = id
        let readiness = await withCheckedContinuation {
            loop.poller.register(id, fd: fd, interest: interest, deadline: deadline, continuation: $0)
        }
        currentWait = nil
        return readiness
    }
}

func single(_ results: [PostgresResult]) throws(PostgresError) -> PostgresResult {
    guard let result = results.last else { throw PostgresError(.connection, "the server gave no result") }
    return result
}
