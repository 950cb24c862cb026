import CPostgres

/// How COPY's bytes are to be read (manual, COPY).
package enum PostgresCopyFormat: String, Sendable {
    case text, csv, binary
}

extension PostgresConnection {
    /// Streams rows into a table in constant memory: one chunk at a time, at the server's pace.
    /// - Parameters:
    ///   - chunks: bytes in COPY's format, cut anywhere; `PostgresCopyBuffer` writes the binary one.
    /// - Returns: the number of rows.
    /// - Throws: `PostgresError`, or what `chunks` throws; nothing is stored then.
    package func copyIn<Chunks: AsyncSequence & Sendable>(
        into table: String, columns: [String], format: PostgresCopyFormat = .binary, chunks: Chunks
    ) async throws -> Int where Chunks.Element == [UInt8] {
        let names = columns.map(\.quotedIdentifier).joined(separator: ", ")
        let sql = "COPY \(table.quotedIdentifier) (\(names)) FROM STDIN (FORMAT \(format.rawValue))"
        let source = SourceFailure()
        let result = try await taking(turnUntil: nil) { connection, handle in
            await connection.copy(sql, chunks, on: handle, source: source)
        }
        if case .failure = result, let error = await source.error { throw error }
        return try result.get()
    }

    /// What the caller's own sequence threw, which is worth more than the server's complaint that follows from it.
    private actor SourceFailure {
        var error: (any Error)?
        func set(_ error: any Error) { self.error = error }
    }

    private func copy<Chunks: AsyncSequence & Sendable>(
        _ sql: String, _ chunks: Chunks, on handle: ConnectionHandle, source: SourceFailure
    ) async -> Result<Int, PostgresError> where Chunks.Element == [UInt8] {
        do throws(PostgresError) {
            renewDeadline()
            try leavePipeline(handle)
            guard PQsendQuery(handle.pointer, sql) == 1 else { throw PostgresError(.connection, handle.errorMessage) }
            guard let answer = try await nextAnswer(on: handle, noticed: { _ in }) else {
                throw PostgresError(.connection, handle.errorMessage)
            }
            guard answer.status == PGRES_COPY_IN else {
                var failure = answer.error(sql: sql)
                failure = try await drain(handle) ?? failure
                failure.sql = sql
                try enterPipeline(handle)
                return .failure(failure)
            }
            let complaint = try await send(chunks, on: handle, source: source)
            renewDeadline()
            try await whileFull(handle) { PQputCopyEnd(handle.pointer, complaint) }
            return try await finishCopy(sql, handle)
        } catch {
            close(because: error, cancellingOnServer: true)
            return .failure(error)
        }
    }

    /// Returns why the rows ended early, for the server; nil when all were sent.
    private func send<Chunks: AsyncSequence & Sendable>(
        _ chunks: Chunks, on handle: ConnectionHandle, source: SourceFailure
    ) async throws(PostgresError) -> String? where Chunks.Element == [UInt8] {
        var iterator = chunks.makeAsyncIterator()
        while true {
            let chunk: [UInt8]
            do {
                guard let next = try await iterator.next(isolation: self) else {
                    // Many sequences just end when their task is cancelled: half of the rows must not be stored as all of them.
                    return Task.isCancelled ? "the call was cancelled" : nil
                }
                chunk = next
            } catch {
                await source.set(error)
                return "the source of the rows failed"
            }
            // The server's pace counts, not the source's.
            renewDeadline()
            // Bounds libpq's own buffer, which otherwise grows with what the server does not take.
            for piece in stride(from: 0, to: chunk.count, by: 65_536) {
                let bytes = chunk[piece..<min(piece + 65_536, chunk.count)]
                try await whileFull(handle) {
                    bytes.withUnsafeBytes { raw in
                        PQputCopyData(
                            handle.pointer, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count))
                    }
                }
                try await flush(handle)
            }
            // The server may have refused a row already: no use in sending the rest.
            if handle.isBroken { throw PostgresError(.connection, handle.errorMessage) }
        }
    }

    private func whileFull(_ handle: ConnectionHandle, _ put: () -> Int32) async throws(PostgresError) {
        while true {
            switch put() {
            case 1: return
            case 0: try await flush(handle)
            default: throw PostgresError(.connection, handle.errorMessage)
            }
        }
    }

    private func flush(_ handle: ConnectionHandle) async throws(PostgresError) {
        while true {
            let flushed = PQflush(handle.pointer)
            if flushed == 0 { return }
            if flushed < 0 { throw PostgresError(.connection, handle.errorMessage) }
            let readiness = try await wait(handle, [.readable, .writable])
            if readiness.contains(.readable), PQconsumeInput(handle.pointer) == 0 {
                throw PostgresError(.connection, handle.errorMessage)
            }
        }
    }

    private func finishCopy(_ sql: String, _ handle: ConnectionHandle) async throws(PostgresError) -> Result<
        Int, PostgresError
    > {
        var outcome: Result<Int, PostgresError> = .success(0)
        while let answer = try await nextAnswer(on: handle, noticed: { _ in }) {
            switch PipelineExchange.Event(answer) {
            case .failed(let error): outcome = .failure(error)
            case .rows(let rows): outcome = .success(rows.affected)
            default: throw PostgresError(.connection, "COPY ended in an unexpected way")
            }
        }
        try enterPipeline(handle)
        return outcome.mapError { error in
            var error = error
            error.sql = sql
            return error
        }
    }
}

extension String {
    var quotedIdentifier: String {
        "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
