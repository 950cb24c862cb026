import CPostgres

extension PostgresConnection {
    /// Sends the statements in one go and reads until their sync.
    func exchange(
        _ queries: [PostgresQuery], completion: Completion, handle: ConnectionHandle
    ) async -> Result<[PostgresResult], PostgresError> {
        var exchange = PipelineExchange(queries, completion: completion)
        if let problem = send(queries, on: handle, into: &exchange) {
            close(because: problem)
            return .failure(problem)
        }
        do throws(PostgresError) {
            while true {
                let answer = try await nextAnswer(on: handle) { exchange.noticed($0) }
                switch exchange.received(PipelineExchange.Event(answer)) {
                case .proceed: continue
                case .prepared(let index, let name): statements.insert(name, for: StatementCache.Key(queries[index]))
                case .lost(let error): throw error
                case .confused(let what):
                    throw PostgresError(.connection, handle.isBroken ? handle.errorMessage : "libpq gave \(what)")
                case .finished:
                    forgetStale(exchange.failure, queries)
                    return exchange.outcome
                }
            }
        } catch {
            close(because: error)
            return exchange.cut(by: error)
        }
    }

    /// A statement whose result type changed under it, or that the server has lost, is prepared anew next time.
    private func forgetStale(_ failure: PostgresError?, _ queries: [PostgresQuery]) {
        guard let failure, let index = failure.statementIndex,
            [SQLState.featureNotSupported, SQLState.unknownPreparedStatement].contains(failure.sqlState)
        else { return }
        statements.remove(StatementCache.Key(queries[index]))
    }

    /// The next thing libpq has to say; nil ends a step. Keeps flushing, since the server stops reading while its own output is not read.
    func nextAnswer(
        on handle: ConnectionHandle, noticed: (Notice) -> Void
    ) async throws(PostgresError) -> ResultHandle? {
        var isLost = false
        while true {
            let flushed = PQflush(handle.pointer)
            let isBusy = PQisBusy(handle.pointer) != 0
            if !isBusy {
                let answer = PQgetResult(handle.pointer).map(ResultHandle.init)
                collectNotices(handle, noticed)
                return answer
            }
            collectNotices(handle, noticed)
            if isLost || flushed < 0 { throw PostgresError(.connection, handle.errorMessage) }
            let readiness = try await wait(handle, flushed == 1 ? [.readable, .writable] : .readable)
            if readiness.contains(.readable), PQconsumeInput(handle.pointer) == 0 { isLost = true }
        }
    }

    private func collectNotices(_ handle: ConnectionHandle, _ noticed: (Notice) -> Void) {
        let notices = handle.takeNotices()
        if notices.isEmpty { return }
        for notice in notices { noticed(notice) }
        deliverNotices(notices)
    }

    // MARK: Sending

    /// Puts everything into libpq's buffer; returns why it could not.
    private func send(
        _ queries: [PostgresQuery], on handle: ConnectionHandle, into exchange: inout PipelineExchange
    ) -> PostgresError? {
        let connection = handle.pointer
        func failed(_ query: PostgresQuery? = nil) -> PostgresError {
            var error = PostgresError(.connection, handle.errorMessage, sql: query?.sql)
            // Without the sync nothing is carried out; but a living connection that refuses would refuse on any other too.
            error.wasSent = !handle.isBroken
            return error
        }
        if handle.isIdle, !statements.discarded.isEmpty {
            for name in statements.takeDiscarded() {
                guard PQsendQueryParams(connection, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1) == 1 else {
                    return failed()
                }
                exchange.expect(.deallocate)
            }
            guard PQpipelineSync(connection) == 1 else { return failed() }
            exchange.expect(.sync(isLast: false))
        }
        var fresh: [StatementCache.Key: String] = [:]
        var lastName = ""
        for (index, query) in queries.enumerated() {
            let key = StatementCache.Key(query)
            let name: String
            if let known = statements.name(for: key) ?? fresh[key] {
                name = known
            } else {
                name = statements.makeName()
                guard PQsendPrepare(connection, name, query.sql, Int32(key.oids.count), key.oids) == 1 else {
                    return failed(query)
                }
                fresh[key] = name
                exchange.expect(.prepare(index: index, name: name))
            }
            let sent = query.arguments.withParameters { values, lengths, formats in
                PQsendQueryPrepared(connection, name, Int32(values.count), values, lengths, formats, 1)
            }
            guard sent == 1 else { return failed(query) }
            exchange.expect(.statement(index: index))
            lastName = name
        }
        if exchange.completion == .implicit {
            guard PQsendDescribePrepared(connection, lastName) == 1 else { return failed() }
            exchange.expect(.barrier)
        }
        guard PQpipelineSync(connection) == 1 else { return failed() }
        exchange.expect(.sync(isLast: true))
        return nil
    }
}

extension StatementCache.Key {
    init(_ query: PostgresQuery) { self.init(sql: query.sql, oids: query.arguments.oids) }
}
