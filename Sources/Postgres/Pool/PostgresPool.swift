import Logging
import Synchronization

/// A bounded set of connections to one database, opened when they are needed.
///
/// Usable at once, before `run()`; `run()` gives it an end: it waits until its task is cancelled, then closes the pool. A caller that
/// finds no free connection waits in line, for a limited time and in a limited queue, and is told the real reason if none comes.
package final class PostgresPool: Sendable {
    typealias Waiter = CheckedContinuation<Result<Lease, PostgresError>, Never>

    struct Lease: Sendable {
        let connection: PostgresConnection
        let generation: Int
    }

    package let configuration: PostgresConfiguration
    private let log: Logger
    private let state: Mutex<PoolState<Lease, Waiter>>

    package init(_ configuration: PostgresConfiguration, log: Logger) {
        self.configuration = configuration
        self.log = log
        state = Mutex(
            PoolState(
                limits: .init(
                    connections: max(configuration.maximumConnections, 1),
                    waiters: max(configuration.maximumWaiters, 1),
                    wait: configuration.waitLimit)))
    }

    /// A pool for the time of `body`.
    @discardableResult
    package nonisolated(nonsending) static func withPool<R>(
        _ configuration: PostgresConfiguration, log: Logger,
        _ body: nonisolated(nonsending) (PostgresPool) async throws -> R
    ) async throws -> R {
        let pool = PostgresPool(configuration, log: log)
        do {
            let result = try await body(pool)
            await pool.shutdown()
            return result
        } catch {
            await pool.shutdown()
            throw error
        }
    }

    // MARK: Calls

    @discardableResult
    package nonisolated(nonsending) func query(
        _ query: PostgresQuery, deadline: PostgresDeadline = .standard
    ) async throws(PostgresError) -> PostgresResult {
        try await single(batch([query], deadline: deadline))
    }

    /// Sends all statements in one flush with one sync: one round trip, one transaction, all or nothing.
    @discardableResult
    package nonisolated(nonsending) func batch(
        _ queries: [PostgresQuery], deadline: PostgresDeadline = .standard
    ) async throws(PostgresError) -> [PostgresResult] {
        let moment = deadline.moment(configuration)
        while true {
            let lease = try await lease(until: moment)
            defer { release(lease) }
            do throws(PostgresError) {
                return try await lease.connection.run(queries, completion: .implicit, deadline: moment)
            } catch {
                // A dead connection is not the caller's concern; each round uses one up, so the rounds end.
                guard error.isLostUnsent else { throw error }
            }
        }
    }

    /// A connection for the time of `body`, for what needs a session: advisory locks, COPY, scripts.
    @discardableResult
    package nonisolated(nonsending) func withConnection<R>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        let lease = try await lease(until: nil)
        defer { release(lease) }
        return try await body(lease.connection)
    }

    // MARK: Leases

    nonisolated(nonsending) func lease(until deadline: MonotonicTime?) async throws(PostgresError) -> Lease {
        let result: Result<Lease, PostgresError>
        let id = Mutex<UInt64?>(nil)
        result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state in
                    state.lease(now: .now, until: deadline) { continuation }
                }
                switch answer {
                case .connection(let lease): continuation.resume(returning: .success(lease))
                case .refused(let error): continuation.resume(returning: .failure(error))
                case .wait(let waiterID, let connect, let watch):
                    id.withLock { $0 = waiterID }
                    // The handler may have run before there was an id to cancel.
                    if Task.isCancelled { cancel(waiterID) }
                    if connect { startConnecting() }
                    if watch { startWatching() }
                }
            }
        } onCancel: {
            if let id = id.withLock({ $0 }) { cancel(id) }
        }
        return try result.get()
    }

    private func cancel(_ id: UInt64) {
        let waiter = state.withLock { $0.cancel(id) }
        waiter?.resume(
            returning: .failure(PostgresError(.cancelled, "the call was cancelled while it waited for a connection")))
    }

    func release(_ lease: Lease) {
        let health = lease.connection.health
        if health == .retired { dropAll() }
        settle(
            state.withLock { $0.release(lease, isUsable: health == .usable, generation: lease.generation) },
            lease.connection)
    }

    private func settle(_ outcome: PoolState<Lease, Waiter>.Return, _ connection: PostgresConnection) {
        switch outcome {
        case .kept: return
        case .handed(let waiter, let lease): waiter.resume(returning: .success(lease))
        case .dropped(let connect):
            discard(connection)
            if connect { startConnecting() }
        }
    }

    private func discard(_ connection: PostgresConnection) {
        // Ends by itself: one hop to the loop. Nobody needs to wait for it.
        Task { await connection.close() }
    }

    private func dropAll() {
        for lease in state.withLock({ $0.startGeneration() }) { discard(lease.connection) }
    }

    // MARK: Connecting

    /// The task ends by itself: each attempt has its time limit, and attempts end when nobody waits any more. `shutdown()` waits for it.
    private func startConnecting() {
        Task {
            while await connectOnce() {}
        }
    }

    /// Whether to try again.
    private func connectOnce() async -> Bool {
        let (failures, failedAt) = state.withLock { ($0.failures, $0.failedAt) }
        if let failedAt {
            // Counted from the failure: after a quiet hour nobody has to wait.
            try? await Task.sleep(for: (failedAt + Self.backOff(after: failures)).untilReached())
        }
        let generation = state.withLock { $0.generation }
        do throws(PostgresError) {
            let connection = try await PostgresConnection.connect(configuration, log: log)
            let lease = Lease(connection: connection, generation: generation)
            settle(state.withLock { $0.connected(lease, generation: generation) }, connection)
            // After an outage everybody waits and nobody is connecting: this one starts the rest.
            while state.withLock({ $0.nextConnect() }) { startConnecting() }
            return false
        } catch {
            log.warning(
                "cannot connect to the database",
                metadata: [
                    "endpoint": "\(configuration.endpoint)", "reason": "\(error)", "failures": "\(failures + 1)",
                ])
            let (told, retry) = state.withLock { $0.connectFailed(error, now: .now) }
            for waiter in told { waiter.resume(returning: .failure(error)) }
            return retry
        }
    }

    /// 50 ms, doubling to 1 s, by half more or less.
    static func backOff(after failures: Int) -> Duration {
        let base = min(50 << min(failures - 1, 5), 1000)
        return .milliseconds(Int.random(in: base / 2...base * 3 / 2))
    }

    /// Ends overdue waits. The task ends by itself when nobody waits any more.
    private func startWatching() {
        Task {
            while true {
                let (overdue, error, next) = state.withLock { $0.expire(now: .now) }
                for waiter in overdue { waiter.resume(returning: .failure(error)) }
                guard let next else { return }
                try? await Task.sleep(for: next.untilReached())
            }
        }
    }

    // MARK: The end

    /// Serves until the task is cancelled, then closes the pool.
    package func run() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingNewest(1))
        for await _ in stream {}
        continuation.finish()
        await shutdown()
    }

    /// Refuses new calls, waits up to five seconds for those under way, closes every connection. Idempotent.
    package func shutdown() async {
        let (leases, waiters) = state.withLock { $0.close() }
        for waiter in waiters {
            waiter.resume(returning: .failure(PostgresError(.closed, "the pool of database connections was closed")))
        }
        for lease in leases { await lease.connection.close() }
        let limit = MonotonicTime.now + .seconds(5)
        while state.withLock({ $0.leased + $0.connecting > 0 }), MonotonicTime.now < limit {
            // In a task of its own, so that it waits although the caller's is cancelled.
            await Task { try? await Task.sleep(for: .milliseconds(5)) }.value
        }
    }
}
