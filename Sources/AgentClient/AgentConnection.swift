import AgentProtocol
import DequeModule
import Domain
import JSON
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// One WebSocket to a ChatServer: requests by id, events in order.
///
/// Events wait in a bounded buffer. Past it the socket is read no further, unless a reply is being waited for, so that a
/// consumer that sends requests while it handles an event cannot lock itself out. A consumer that stays away for long loses
/// the connection (4008 or 4012) and resumes from its cursor.
///
/// Its executor is the channel's event loop: the wire and the state share one thread.
package actor AgentConnection {
    package struct Options: Sendable {
        package var connectTimeout: Duration = .seconds(5)
        package var requestTimeout: Duration = .seconds(30)
        /// Without a byte in this time (the server pings every 25 s) the connection counts as broken.
        package var idleTimeout: Duration = .seconds(60)
        /// Events that wait for their consumer before reading stops.
        package var eventBuffer = 256
        package var maxMessageBytes = 1 << 20
        package var server: ServerKind = .chat

        package init() {}
    }

    private struct Pending {
        let continuation: CheckedContinuation<JSONValue, any Error>
        let timeout: Scheduled<Void>
    }

    private let channel: any NIOCore.Channel
    private let options: Options
    private var pending: [Int64: Pending] = [:]
    private var lastID: Int64 = 0
    private var buffered = Deque<AgentEvent>()
    private var consumer: CheckedContinuation<AgentEvent?, any Error>?
    private var ended: AgentClosed?
    private var wasClosedHere = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        channel.eventLoop.executor.asUnownedSerialExecutor()
    }

    /// The events, for one consumer. Ends after `close()`, throws `AgentClosed` when the connection ends otherwise.
    package nonisolated var events: Events { Events(connection: self) }

    init(channel: any NIOCore.Channel, options: Options) {
        self.channel = channel
        self.options = options
    }

    /// Opens the WebSocket at `url` (`http://host:port`, `ws://host:port/v1/agent`), with the token in the Authorization header.
    ///
    /// Throws the server's own error where it refuses, `unavailable` where it is not there.
    package static func connect(_ url: String, token: String, options: Options = Options()) async throws
        -> AgentConnection
    {
        let address = try ServerAddress(url, settingName: "chat.url")
        let opened = try await address.dial(options.server, timeout: options.connectTimeout) { channel in
            ClientHandshake.install(on: channel, address: address, token: token, options: options)
        }
        return try await withTaskCancellationHandler {
            try await opened.get()
        } onCancel: {
            opened.channel.close(promise: nil)
        }
    }

    // MARK: requests

    /// `session.hello`; its result.
    package func hello(_ hello: AgentHello = AgentHello()) async throws -> JSONValue {
        try await request("session.hello", hello.params)
    }

    /// Sends a request and waits for its reply.
    ///
    /// Throws the server's error by its `data.code`; `AgentClosed` where the connection ended first: then nobody knows whether
    /// the request was carried out; `unavailable` where no reply came in time.
    package func request(_ method: String, _ params: JSONValue = .object([])) async throws -> JSONValue {
        if let ended { throw ended }
        try Task.checkCancellation()
        lastID += 1
        let id = lastID
        let frame = JSONWriter.object { writer in
            writer.member("jsonrpc", "2.0")
            writer.member("id", id)
            writer.member("method", method)
            writer.member("params", params)
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let timeout = channel.eventLoop.scheduleTask(in: TimeAmount(options.requestTimeout)) {
                    self.assumeIsolated { $0.timedOut(id, method) }
                }
                pending[id] = Pending(continuation: continuation, timeout: timeout)
                send(.text, ByteBuffer(bytes: frame))
                readOn()
            }
        } onCancel: {
            // Waited for by nobody: it only takes the request out of the table.
            Task { await self.cancel(id) }
        }
    }

    private func timedOut(_ id: Int64, _ method: String) {
        let error = EralinkError(.unavailable, "\(options.server.name) did not answer \(method) in time")
        settle(id, .failure(error))
    }

    private func cancel(_ id: Int64) { settle(id, .failure(CancellationError())) }

    private func settle(_ id: Int64, _ result: Result<JSONValue, any Error>) {
        guard let request = pending.removeValue(forKey: id) else { return }
        request.timeout.cancel()
        request.continuation.resume(with: result)
    }

    // MARK: events

    /// The next event; nil after `close()`.
    package func nextEvent() async throws -> AgentEvent? {
        if let event = buffered.popFirst() {
            if buffered.count <= options.eventBuffer / 2 { readOn() }
            return event
        }
        if let ended {
            if wasClosedHere { return nil }
            throw ended
        }
        precondition(consumer == nil, "the events of a connection have one consumer")
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    consumer = continuation
                }
            }
        } onCancel: {
            // Waited for by nobody: it only releases the consumer.
            Task { await self.releaseConsumer() }
        }
    }

    private func releaseConsumer() {
        consumer?.resume(throwing: CancellationError())
        consumer = nil
    }

    package struct Events: AsyncSequence, Sendable {
        let connection: AgentConnection

        package func makeAsyncIterator() -> Iterator { Iterator(connection: connection) }

        package struct Iterator: AsyncIteratorProtocol {
            let connection: AgentConnection
            package mutating func next() async throws -> AgentEvent? { try await connection.nextEvent() }
        }
    }

    // MARK: the wire; called on the event loop

    /// Whether the socket is to be read on.
    var wantsMore: Bool { buffered.count < options.eventBuffer || !pending.isEmpty || ended != nil }

    func received(_ text: ByteBuffer) {
        guard let value = try? JSONValue(parsing: text.readableBytesView) else {
            return fail(AgentClosed(code: nil, reason: ""))
        }
        if value["method"]?.string == "event", let params = value["params"] {
            deliver(AgentEvent(params: params))
        } else if let id = value["id"]?.int64 {
            if let result = value["result"] {
                settle(id, .success(result))
            } else {
                let error = value["error"].flatMap { EralinkError(json: $0) }
                settle(id, .failure(error ?? EralinkError(.internal, "the chat server answered what is no reply")))
            }
        }
    }

    private func deliver(_ event: AgentEvent) {
        if let consumer {
            self.consumer = nil
            consumer.resume(returning: event)
        } else {
            buffered.append(event)
        }
    }

    private func readOn() { if wantsMore { channel.pipeline.fireUserInboundEventTriggered(ReadOnEvent()) } }

    func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: payload)
        channel.writeAndFlush(frame, promise: nil)
    }

    /// The connection has ended, or is as good as ended.
    func fail(_ closed: AgentClosed) {
        guard ended == nil else { return }
        ended = closed
        channel.close(promise: nil)
        for id in pending.keys.sorted() { settle(id, .failure(closed)) }
        if let consumer {
            self.consumer = nil
            if wasClosedHere { consumer.resume(returning: nil) } else { consumer.resume(throwing: closed) }
        }
    }

    /// Closes with the close handshake, and returns when the connection is gone or has not answered for two seconds.
    package func close() async {
        guard ended == nil else { return }
        if !wasClosedHere {
            wasClosedHere = true
            var payload = ByteBuffer()
            payload.writeInteger(UInt16(1000))
            send(.connectionClose, payload)
            channel.pipeline.fireUserInboundEventTriggered(ReadOnEvent())
        }
        let channel = channel
        let cut = channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
        try? await channel.closeFuture.get()
        cut.cancel()
    }

    /// Cuts the connection without a handshake: for tests of what a broken network does.
    package nonisolated func cut() { channel.close(promise: nil) }
}

/// Asks the wire to go on reading.
struct ReadOnEvent: Sendable {}
