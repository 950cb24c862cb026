/// An open transaction of a pool's connection: `pool.transaction { tx in … }`.
///
/// BEGIN goes out with the first statements, COMMIT with the last ones, so the usual shape costs two round trips:
///
/// ```swift
/// try await pool.transaction { tx in
///     let rows = try await tx.query("SELECT … FOR UPDATE")
///     try await tx.commit(after: ["UPDATE …", "INSERT INTO event …"])
/// }
/// ```
package actor PostgresTransaction {
    /// How BEGIN is spelt.
    package enum Mode: Sendable {
        case readCommitted
        case repeatableRead
        case serializable
        /// One snapshot for all statements, which may only read.
        case readOnly

        var begin: PostgresQuery {
            switch self {
            case .readCommitted: "BEGIN"
            case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ"
            case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
            case .readOnly: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            }
        }
    }

    private enum Phase { case fresh, open, ended }

    private let pool: PostgresPool
    private let mode: Mode
    private var lease: PostgresPool.Lease
    private var phase = Phase.fresh

    // The connection's loop, so that its calls need no hop between us.
    package nonisolated let unownedExecutor: UnownedSerialExecutor

    init(_ pool: PostgresPool, lease: PostgresPool.Lease, mode: Mode) {
        self.pool = pool
        self.lease = lease
        self.mode = mode
        unownedExecutor = lease.connection.unownedExecutor
    }

    @discardableResult
    package func query(
        _ query: PostgresQuery, deadline: PostgresDeadline = .standard
    ) async throws(PostgresError) -> PostgresResult {
        try await single(batch([query], deadline: deadline))
    }

    /// One round trip for all statements; after an error in one of them the transaction can only be rolled back.
    @discardableResult
    package func batch(
        _ queries: [PostgresQuery], deadline: PostgresDeadline = .standard
    ) async throws(PostgresError) -> [PostgresResult] {
        try await send(queries, completion: .open, deadline: deadline)
    }

    /// Runs trusted text that may hold several statements.
    package func script(_ sql: String, deadline: PostgresDeadline = .unlimited) async throws(PostgresError) {
        try await begin()
        try await lease.connection.script(sql, deadline: deadline)
    }

    /// `PostgresConnection.copyIn` as a part of the transaction.
    package func copyIn<Chunks: AsyncSequence & Sendable>(
        into table: String, columns: [String], format: PostgresCopyFormat = .binary, chunks: Chunks
    ) async throws -> Int where Chunks.Element == [UInt8] {
        try await begin()
        return try await lease.connection.copyIn(into: table, columns: columns, format: format, chunks: chunks)
    }

    /// For what cannot be pipelined with BEGIN.
    private func begin() async throws(PostgresError) {
        if phase == .ended { throw PostgresError(.invalidArgument, "the transaction has ended") }
        if phase == .fresh { _ = try await send([], completion: .open, deadline: .standard) }
    }

    /// Sends the statements and COMMIT in one flush and ends the transaction.
    /// - Throws: `.commitUncertain` when the outcome is not known, `.rolledBack` when an earlier statement had failed.
    @discardableResult
    package func commit(
        after queries: [PostgresQuery] = [], deadline: PostgresDeadline = .standard
    ) async throws(PostgresError) -> [PostgresResult] {
        if phase == .fresh, queries.isEmpty {
            phase = .ended
            return []
        }
        return try await send(queries + ["COMMIT"], completion: .commit, deadline: deadline).dropLast()
    }

    /// Undoes everything and ends the transaction. Does nothing if it has ended.
    package func rollback() async throws(PostgresError) {
        phase = .ended
        guard lease.connection.health == .inTransaction else { return }
        let deadline = PostgresDeadline.standard.moment(pool.configuration)
        _ = try await lease.connection.run(["ROLLBACK"], completion: .open, deadline: deadline, isShielded: true)
    }

    /// Leaving the closure without a word commits.
    func end() async throws(PostgresError) {
        if phase == .open { try await commit() }
        phase = .ended
    }

    /// Gives the connection back. One that is still in the transaction is closed by the pool, and with it the transaction.
    func release() { pool.release(lease) }

    private func send(
        _ queries: [PostgresQuery], completion: Completion, deadline: PostgresDeadline
    ) async throws(PostgresError) -> [PostgresResult] {
        let moment = deadline.moment(pool.configuration)
        let isFirst = phase == .fresh
        switch phase {
        case .ended: throw PostgresError(.invalidArgument, "the transaction has ended", sql: queries.first?.sql)
        case .fresh, .open: phase = completion == .commit ? .ended : .open
        }
        do throws(PostgresError) {
            if !isFirst { return try await lease.connection.run(queries, completion: completion, deadline: moment) }
            return try await Array(runFirst([mode.begin] + queries, completion, moment).dropFirst())
        } catch {
            // A COMMIT that was not reached leaves the transaction to be rolled back.
            if lease.connection.health == .inTransaction { phase = .open }
            throw error
        }
    }

    /// The connection may have died in the pool: nothing of the transaction exists yet, so another one will do.
    private func runFirst(
        _ queries: [PostgresQuery], _ completion: Completion, _ deadline: MonotonicTime?
    ) async throws(PostgresError) -> [PostgresResult] {
        while true {
            do throws(PostgresError) {
                return try await lease.connection.run(queries, completion: completion, deadline: deadline)
            } catch {
                guard error.isLostUnsent else { throw error }
                try await replaceLease(until: deadline)
            }
        }
    }

    private func replaceLease(until deadline: MonotonicTime?) async throws(PostgresError) {
        let fresh = try await pool.lease(until: deadline)
        pool.release(lease)
        lease = fresh
    }
}

extension PostgresPool {
    /// A transaction for the time of `body`: committed when it returns, unless it did so itself, rolled back when it throws.
    @discardableResult
    package nonisolated(nonsending) func transaction<R>(
        mode: PostgresTransaction.Mode = .readCommitted,
        _ body: nonisolated(nonsending) (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let transaction = PostgresTransaction(
            self, lease: try await lease(until: PostgresDeadline.standard.moment(configuration)), mode: mode)
        do {
            let result = try await body(transaction)
            try await transaction.end()
            await transaction.release()
            return result
        } catch {
            // Why it failed is worth more than that the rollback failed too: then the pool closes the connection.
            try? await transaction.rollback()
            await transaction.release()
            throw error
        }
    }
}
