import Domain
import JSON
import Logging

/// What a resuming client tells its owner, in order.
package enum AgentFeedItem: Sendable {
    /// A session is open; `hello` is the result of `session.hello`. `isFirst` is false after a reconnect.
    case connected(hello: JSONValue, isFirst: Bool)
    /// The log no longer holds what came after `from`: events between it and `to` are lost to this client, which reloads by
    /// `interactions.list` and `messages.list`. Comes right after `connected`.
    case gap(from: String, to: String)
    case event(AgentEvent)
    /// The connection ended; the next attempt is made after `retryIn`.
    case disconnected(EralinkError, retryIn: Duration)
}

/// An agent's session that outlives its connections: reconnects with jittered back-off and resumes from the last event that
/// its owner has handled, so that each event is handled once and none is missed.
package actor ResumingAgentClient {
    package struct Options: Sendable {
        package var connection = AgentConnection.Options()
        package var backoff = Backoff()
        /// False: what goes wrong before the first session is thrown, so that a command can say that the server is not running.
        package var retriesFirst = false

        package init() {}
    }

    private let url: String
    private let token: String
    private let options: Options
    private let logger: Logger
    private var hello: AgentHello
    private var connection: AgentConnection?
    private var waiting: [Int: CheckedContinuation<AgentConnection?, Never>] = [:]
    private var lastWaiter = 0
    private var isOver = false
    private var hasBeenConnected = false

    package init(
        url: String, token: String, hello: AgentHello = AgentHello(), options: Options = Options(), logger: Logger
    ) {
        self.url = url
        self.token = token
        self.hello = hello
        self.options = options
        self.logger = logger
    }

    /// The cursor of the last event that was handled; where a later client goes on.
    package var cursor: String? { hello.cursor }

    /// Runs until `handle` throws, the task is cancelled, or the server says that coming back is no use.
    ///
    /// An event counts as handled when `handle` returns. While it runs no further event is taken: its pace is the pace of the
    /// stream. It may call `request`.
    package func run(_ handle: @Sendable (AgentFeedItem) async throws -> Void) async throws {
        var backoff = options.backoff
        defer { end() }
        while true {
            let failure: EralinkError
            do {
                failure = try await session(handle) { backoff.reset() }
            } catch let error as AttemptFailed {
                guard error.mayRetry, hasBeenConnected || options.retriesFirst else { throw error.error }
                failure = error.error
            }
            try Task.checkCancellation()
            let pause = backoff.next(retryAfterMilliseconds: failure.retryAfterMilliseconds, random: .random(in: 0..<1))
            logger.info("agent connection lost", metadata: ["error": "\(failure)", "retry_in": "\(pause)"])
            try await handle(.disconnected(failure, retryIn: pause))
            try await Task.sleep(for: pause)
        }
    }

    private struct AttemptFailed: Error {
        let error: EralinkError
        let mayRetry: Bool

        init(_ error: any Error) {
            switch error {
            case let error as EralinkError:
                self.error = error
                mayRetry = error.retryable
            case let error as AgentClosed:
                self.error = error.error
                mayRetry = error.mayReconnect
            default:
                self.error = EralinkError(.unavailable, "the connection to the chat server failed")
                mayRetry = true
            }
        }
    }

    /// One connection, from its opening to its end: the reason of the end.
    private func session(
        _ handle: @Sendable (AgentFeedItem) async throws -> Void, opened: () -> Void
    ) async throws -> EralinkError {
        let connection: AgentConnection
        let result: JSONValue
        do {
            connection = try await AgentConnection.connect(url, token: token, options: options.connection)
        } catch {
            throw try attemptFailed(error)
        }
        do {
            result = try await connection.hello(hello)
        } catch {
            await connection.close()
            throw try attemptFailed(error)
        }
        opened()
        do {
            try await begin(connection, result, handle)
            try await pump(connection, handle)
            await leave(connection)
            return AgentClosed(code: nil, reason: "").error
        } catch let closed as AgentClosed {
            await leave(connection)
            guard closed.mayReconnect else { throw AttemptFailed(closed) }
            return closed.error
        } catch {
            await leave(connection)
            throw error
        }
    }

    private func attemptFailed(_ error: any Error) throws -> AttemptFailed {
        if error is CancellationError { throw error }
        return AttemptFailed(error)
    }

    private func begin(
        _ connection: AgentConnection, _ result: JSONValue, _ handle: @Sendable (AgentFeedItem) async throws -> Void
    ) async throws {
        let isFirst = !hasBeenConnected
        hasBeenConnected = true
        self.connection = connection
        wakeWaiters(with: connection)
        try await handle(.connected(hello: result, isFirst: isFirst))
        let position = result["cursor"]?.string
        if result["recovered"]?.bool == false, let from = hello.cursor, let position {
            try await handle(.gap(from: from, to: position))
            hello.cursor = position
        } else if hello.cursor == nil {
            hello.cursor = position
        }
    }

    private func pump(
        _ connection: AgentConnection, _ handle: @Sendable (AgentFeedItem) async throws -> Void
    ) async throws {
        for try await event in connection.events {
            try await handle(.event(event))
            if let cursor = event.cursor { hello.cursor = cursor }
        }
    }

    private func leave(_ connection: AgentConnection) async {
        self.connection = nil
        await connection.close()
    }

    private func end() {
        isOver = true
        wakeWaiters(with: nil)
    }

    /// Sends a request on the session that is open, or on the next one.
    ///
    /// Throws as `AgentConnection.request`; `AgentClosed` is not retried here, since only the caller knows whether its request
    /// may be sent twice (one with a `msg_id` may).
    package func request(_ method: String, _ params: JSONValue = .object([])) async throws -> JSONValue {
        guard let open = await openConnection() else {
            try Task.checkCancellation()
            throw AgentClosed(code: nil, reason: "")
        }
        return try await open.request(method, params)
    }

    private func openConnection() async -> AgentConnection? {
        if let connection { return connection }
        guard !isOver, !Task.isCancelled else { return nil }
        lastWaiter += 1
        let waiter = lastWaiter
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiting[waiter] = $0 }
        } onCancel: {
            // Waited for by nobody: it only releases the waiter.
            Task { await self.giveUp(waiter) }
        }
    }

    private func giveUp(_ waiter: Int) { waiting.removeValue(forKey: waiter)?.resume(returning: nil) }

    private func wakeWaiters(with connection: AgentConnection?) {
        let waiters = waiting
        waiting = [:]
        for waiter in waiters.values { waiter.resume(returning: connection) }
    }
}
