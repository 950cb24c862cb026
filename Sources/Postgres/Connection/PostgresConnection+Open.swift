import CPostgres
import Glibc

extension PostgresConnection {
    func open() async throws(PostgresError) {
        var reasons: [PostgresError] = []
        for host in configuration.targets {
            let targets: [ConnectTarget]
            do throws(PostgresError) {
                targets = host.needsResolving ? try await resolve(host) : [host]
            } catch {
                reasons.append(error)
                continue
            }
            for target in targets {
                if Task.isCancelled { throw PostgresError(.cancelled, "connecting was cancelled") }
                do throws(PostgresError) {
                    adopt(try await attempt(target))
                    return
                } catch {
                    reasons.append(error)
                }
            }
        }
        throw Self.summary(reasons)
    }

    private static func summary(_ reasons: [PostgresError]) -> PostgresError {
        // One that waiting does not mend is the one to tell; else the first says which server was meant.
        guard var error = reasons.first(where: \.isPermanentRefusal) ?? reasons.first else {
            return PostgresError(.configuration, "the database URL names no host")
        }
        if reasons.count > 1, !error.isPermanentRefusal {
            error.message = reasons.map(\.message).joined(separator: "; ")
        }
        error.wasSent = false
        return error
    }

    private func resolve(_ host: ConnectTarget) async throws(PostgresError) -> [ConnectTarget] {
        let pickup = Pickup<Result<[ConnectTarget], PostgresError>>()
        guard pickup.fd >= 0, HelperThread.run({ pickup.leave(host.resolved()) }) else {
            throw PostgresError(.connection, "cannot resolve \(host.host): too many look-ups are stuck")
        }
        _ = await wait(fd: pickup.fd, .readable, until: .now + configuration.connectTimeout)
        guard let result = pickup.value else {
            throw PostgresError(
                .connection, "cannot resolve \(host.host) within \(configuration.connectTimeout.secondsText)")
        }
        return try result.get()
    }

    private func attempt(_ target: ConnectTarget) async throws(PostgresError) -> ConnectionHandle {
        guard let pointer = Self.start(configuration.parameters(for: target)) else {
            throw PostgresError(.connection, "out of memory")
        }
        let handle = ConnectionHandle(pointer)
        // Verbose messages carry the SQLSTATE, which libpq gives in no other way while connecting.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        let deadline = MonotonicTime.now + configuration.connectTimeout
        var interest = Readiness.writable
        if handle.isBroken { throw Self.refusal(handle, target) }
        while true {
            // The descriptor is asked for each time: libpq changes it between addresses and when it falls back from TLS.
            let readiness = await wait(fd: handle.socket, interest, until: deadline)
            if readiness.contains(.deadline) {
                throw PostgresError(
                    .connection, "\(target) did not answer within \(configuration.connectTimeout.secondsText)")
            }
            switch PQconnectPoll(pointer) {
            case PGRES_POLLING_READING: interest = .readable
            case PGRES_POLLING_WRITING: interest = .writable
            case PGRES_POLLING_OK:
                PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
                guard PQsetnonblocking(pointer, 1) == 0, PQenterPipelineMode(pointer) == 1 else {
                    throw Self.refusal(handle, target)
                }
                return handle
            default: throw Self.refusal(handle, target)
            }
        }
    }

    private static func start(_ parameters: [String: String]) -> OpaquePointer? {
        let pairs = parameters.sorted { $0.key < $1.key }.map { (strdup($0.key), strdup($0.value)) }
        defer {
            for (key, value) in pairs {
                free(key)
                free(value)
            }
        }
        let keys = pairs.map { UnsafePointer<CChar>($0.0) } + [nil]
        let values = pairs.map { UnsafePointer<CChar>($0.1) } + [nil]
        return PQconnectStartParams(keys, values, 0)
    }

    private static func refusal(_ handle: ConnectionHandle, _ target: ConnectTarget) -> PostgresError {
        let text = PQerrorMessage(handle.pointer).map { String(cString: $0) } ?? ""
        var (reason, sqlState) = ConnectFailure.parse(text)
        if reason.isEmpty { reason = "the connection failed" }
        let code: PostgresError.Code = sqlState.map { .server($0) } ?? .connection
        return PostgresError(code, "\(target): \(reason)", sqlState: sqlState)
    }
}

/// libpq's text about a failed connection attempt, verbose form.
enum ConnectFailure {
    /// The reason from the last complaint's first line, and the SQLSTATE in it.
    static func parse(_ text: String) -> (reason: String, sqlState: String?) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " || $0 == "\t" } }
        guard var line = lines.last(where: { $0.contains("failed: ") }) ?? lines.first else { return ("", nil) }
        if let end = line.firstRange(of: "failed: ") { line = line[end.upperBound...] }
        // "FATAL:  28P01: password authentication failed": the first word may be translated.
        let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        if parts.count == 3 {
            let state = parts[1].drop { $0 == " " }
            if state.count == 5, state.allSatisfy({ $0.isASCII && ($0.isUppercase || $0.isNumber) }) {
                return (String(parts[2].drop { $0 == " " }), String(state))
            }
        }
        return (String(line), nil)
    }
}
