import CZooKeeper
import Glibc
import Logging
import LoopExecutor

/// One session with ZooKeeper: one handle of the library, on a loop of its own.
///
/// Every call into the library is made on the loop's thread, so that opening (which resolves names) and closing (which joins
/// the library's threads, for seconds where a server hangs) hold up nobody but this session. A session ends: with
/// `expired`, `authFailed` or `closed` it is of no more use; `ZooKeeperClient` then makes the next one.
package actor ZooKeeperSession {
    package nonisolated let configuration: ZooKeeperConfiguration
    nonisolated let calls: SessionCalls
    private nonisolated let loop: LoopExecutor
    /// Tells this session from the others of this process.
    package nonisolated let number: Int
    var handle: OpaquePointer?
    private var isClosed = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private init(configuration: ZooKeeperConfiguration) {
        self.configuration = configuration
        (number, calls) = SessionRegistry.add(limit: configuration.maxCallsInFlight)
        loop = LoopExecutor(name: "zookeeper", waiter: SessionWaiter(calls: calls))
    }

    /// A session that connects in the background; hosts that do not answer are tried for ever. Close it.
    ///
    /// - Throws: `ZooKeeperError` with `unresolvable` where no host has an address.
    package static func open(_ configuration: ZooKeeperConfiguration, logger: Logger) async throws -> ZooKeeperSession {
        LibraryLog.install(logger)
        let session = ZooKeeperSession(configuration: configuration)
        do {
            try await session.start()
        } catch {
            await session.close()
            throw error
        }
        return session
    }

    /// A session for the time of `body`, connected before it begins.
    ///
    /// - Throws: `ZooKeeperError` with `notConnected` where no server takes it within `limit`; what `body` throws.
    package static func with<Result: Sendable>(
        _ configuration: ZooKeeperConfiguration, connectedWithin limit: Duration = .seconds(4), logger: Logger,
        _ body: @Sendable (ZooKeeperSession) async throws -> Result
    ) async throws -> Result {
        let session = try await open(configuration, logger: logger)
        do {
            guard await session.waitUntilConnected(within: limit) else {
                throw ZooKeeperError(
                    .notConnected,
                    "zookeeper at \(configuration.hosts.joined(separator: ",")) does not answer; check that it runs")
            }
            let result = try await body(session)
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }

    isolated deinit {
        shutDown()
        loop.stop()
    }

    package nonisolated var state: SessionState { calls.states.value }

    /// The server's number of this session, which its ephemeral nodes are marked with; nil until it is connected.
    package nonisolated var id: Int64? { calls.sessionID }

    /// The present state at once, then each change; ends after a final one once the session is closed.
    package nonisolated func states() -> AsyncStream<SessionState> { calls.states.stream() }

    /// False where the session ended, the time ran out or the task was cancelled before.
    package nonisolated func waitUntilConnected(within limit: Duration) async -> Bool {
        if state.isConnected { return true }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { [states = states()] in
                for await state in states {
                    if state.isConnected { return true }
                    if state.isFinal { return false }
                }
                return false
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return false
            }
            let connected = await group.next() ?? false
            group.cancelAll()
            return connected
        }
    }

    /// What the server granted; what was asked for until it is connected.
    package var negotiatedTimeout: Duration {
        guard let handle else { return configuration.sessionTimeout }
        return .milliseconds(zoo_recv_timeout(handle))
    }

    /// `host:port` of the server that this session is connected to.
    package var server: String? {
        guard let handle, state.isConnected, let text = zoo_get_current_server(handle) else { return nil }
        return String(cString: text)
    }

    /// Ends the session: its ephemeral nodes go, calls in flight and watches end. Idempotent.
    package func close() {
        shutDown()
    }

    private func shutDown() {
        guard !isClosed else { return }
        isClosed = true
        if let handle {
            self.handle = nil
            zookeeper_close(handle)
        }
        SessionRegistry.remove(number)
        calls.end()
    }

    private func start() throws {
        handle = connect(to: configuration.hosts)
        if handle == nil {
            // The library gives up at the first name that does not resolve; the others may do.
            let resolvable = configuration.hosts.filter(Self.resolves)
            if !resolvable.isEmpty, resolvable.count < configuration.hosts.count { handle = connect(to: resolvable) }
        }
        guard let handle else {
            throw ZooKeeperError(
                .unresolvable,
                "zookeeper cannot be reached: no address for \(configuration.hosts.joined(separator: ", ")); check "
                    + "zookeeper.connect and the name service")
        }
        if let auth = configuration.auth {
            // Kept by the library and sent on every connection, before anything else. The scheme cannot be refused here.
            let status = zoo_add_auth(handle, "digest", auth.credentials, CInt(auth.credentials.utf8.count), nil, nil)
            guard status == 0 else { throw ZooKeeperError(status: status, doing: "use zookeeper.auth") }
        }
    }

    private func connect(to hosts: [String]) -> OpaquePointer? {
        let milliseconds =
            configuration.sessionTimeout.components.seconds * 1000
            + configuration.sessionTimeout.components.attoseconds / 1_000_000_000_000_000
        return zookeeper_init2(
            hosts.joined(separator: ","), SessionCallbacks.session, CInt(clamping: max(milliseconds, 1)), nil,
            SessionCallbacks.pointer(SessionRegistry.firstToken(of: number)), ZOO_NO_LOG_CLIENTENV, LibraryLog.callback)
    }

    private static func resolves(_ host: String) -> Bool {
        guard let colon = host.lastIndex(of: ":") else { return false }
        let name = host[..<colon].trimmingPrefix("[").prefix { $0 != "]" }
        var result: UnsafeMutablePointer<addrinfo>?
        defer { if let result { freeaddrinfo(result) } }
        return getaddrinfo(String(name), nil, nil, &result) == 0
    }
}
