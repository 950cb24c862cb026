import CPostgres

extension PostgresConnection {
    /// Runs trusted text that may hold several statements: a migration. All of it is one transaction, unless it says otherwise.
    package func script(_ sql: String, deadline: PostgresDeadline = .unlimited) async throws(PostgresError) {
        try PostgresQuery(unescaped: sql).validate()
        try await taking(turnUntil: deadline.moment(configuration)) { connection, handle in
            await connection.simply(sql, on: handle)
        }.get()
    }

    /// The simple protocol, which libpq refuses in pipeline mode: left for the time of the call.
    private func simply(_ sql: String, on handle: ConnectionHandle) async -> Result<Void, PostgresError> {
        do throws(PostgresError) {
            try leavePipeline(handle)
            guard PQsendQuery(handle.pointer, sql) == 1 else { throw PostgresError(.connection, handle.errorMessage) }
            let failure = try await drain(handle)
            try enterPipeline(handle)
            if var failure {
                failure.sql = sql
                return .failure(failure)
            }
            return .success(())
        } catch {
            close(because: error)
            return .failure(error)
        }
    }

    func leavePipeline(_ handle: ConnectionHandle) throws(PostgresError) {
        if PQexitPipelineMode(handle.pointer) == 0 { throw PostgresError(.connection, handle.errorMessage) }
    }

    func enterPipeline(_ handle: ConnectionHandle) throws(PostgresError) {
        if PQenterPipelineMode(handle.pointer) == 0 { throw PostgresError(.connection, handle.errorMessage) }
    }

    /// Reads to the end of a simple query; returns the first error of the server's.
    func drain(_ handle: ConnectionHandle) async throws(PostgresError) -> PostgresError? {
        var failure: PostgresError?
        while let answer = try await nextAnswer(on: handle, noticed: { _ in }) {
            switch PipelineExchange.Event(answer) {
            case .failed(let error): failure = failure ?? error
            case .lost(let error): throw failure ?? error
            case .unexpected(let status): throw PostgresError(.connection, "\(status) does not belong into a script")
            default: continue
            }
        }
        if handle.isBroken { throw failure ?? PostgresError(.connection, handle.errorMessage) }
        return failure
    }
}
