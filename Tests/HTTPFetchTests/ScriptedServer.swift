import Glibc
import HTTPFetch
import NIOCore
import NIOPosix
import Synchronization

/// A TCP server on loopback whose behaviour is the script that a test gives it, run once for every connection.
struct ScriptedServer: Sendable {
    typealias Script = @Sendable (Connection) async throws -> Void

    let port: Int
    let connections: Counter

    var url: String { "http://127.0.0.1:\(port)" }

    final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func increment() -> Int {
            value.withLock { value in
                value += 1
                return value
            }
        }
    }

    static func with<Value: Sendable>(
        _ script: @escaping Script, _ body: @Sendable (ScriptedServer) async throws -> Value
    ) async throws -> Value {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            // Wrapped only by the task that serves it: an asynchronous channel that is accepted while the server ends, and that
            // nobody takes, would end the process.
            .bind(host: "127.0.0.1", port: 0) { channel in channel.eventLoop.makeSucceededFuture(channel) }
        let counter = Counter()
        let server = ScriptedServer(port: listener.channel.localAddress?.port ?? 0, connections: counter)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await listener.executeThenClose { clients in
                    try await withThrowingDiscardingTaskGroup { connections in
                        for try await client in clients {
                            let number = counter.increment()
                            connections.addTask {
                                try? await Self.wrapped(client).executeThenClose { inbound, outbound in
                                    try await script(Connection(number, client, inbound, outbound))
                                }
                            }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await body(server)
        }
    }
}

extension ScriptedServer {
    private static func wrapped(_ channel: any Channel) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await channel.eventLoop.submit {
            let wrapped = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) }
            return wrapped
        }.get()
    }
}

/// One accepted connection, as a script sees it. Used by one script only.
final class Connection: @unchecked Sendable {
    struct Request: Sendable {
        var line: String
        var headers: [String: String]
        var body: [UInt8]
        var path: String { line.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
    }

    /// Counts from 1 in the order of acceptance.
    let number: Int
    private let channel: any Channel
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var buffer: [UInt8] = []

    init(
        _ number: Int, _ channel: any Channel, _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.number = number
        self.channel = channel
        self.outbound = outbound
        self.inbound = inbound.makeAsyncIterator()
    }

    private func fill() async throws -> Bool {
        guard let bytes = try await inbound.next() else { return false }
        buffer += bytes.readableBytesView
        return true
    }

    /// Head and, unless `headOnly`, the body by its Content-Length; `nil` when the client has gone.
    func request(headOnly: Bool = false) async throws -> Request? {
        let end = Array("\r\n\r\n".utf8)
        while buffer.firstRange(of: end) == nil { guard try await fill() else { return nil } }
        guard let range = buffer.firstRange(of: end) else { return nil }
        let lines = String(decoding: buffer[..<range.lowerBound], as: UTF8.self).split(separator: "\r\n")
        buffer.removeSubrange(..<range.upperBound)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let length = headOnly ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
        while buffer.count < length { guard try await fill() else { return nil } }
        let body = Array(buffer[..<length])
        buffer.removeSubrange(..<length)
        return Request(line: String(lines.first ?? ""), headers: headers, body: body)
    }

    /// Reads and forgets `count` bytes, telling about each piece.
    func drain(_ count: Int, _ each: ([UInt8]) -> Void = { _ in }) async throws {
        var left = count
        while left > 0 {
            if buffer.isEmpty { guard try await fill() else { return } }
            let piece = Array(buffer.prefix(left))
            each(piece)
            left -= piece.count
            buffer.removeSubrange(..<piece.count)
        }
    }

    /// Waits until the client closes.
    func waitForClose() async throws {
        while try await fill() {}
    }

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }
    func send(bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    func respond(_ status: String = "200 OK", _ headers: [String] = [], body: String = "") async throws {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
        try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    func close() async throws { try await channel.close() }

    /// Ends the connection with RST in place of FIN.
    func reset() async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }
}

/// Answers every request on every connection with what `answer` says.
func answering(
    _ answer: @escaping @Sendable (Connection.Request) -> (status: String, headers: [String], body: String)
) -> ScriptedServer.Script {
    { connection in
        while let request = try await connection.request() {
            let (status, headers, body) = answer(request)
            try await connection.respond(status, headers, body: body)
        }
    }
}

/// Something that happens once, awaited by others.
final class Event: Sendable {
    private let stream = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
    func fire() { stream.continuation.yield() }
    func wait() async { for await _ in stream.stream { return } }
}

final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>
    init(_ value: Value) { state = Mutex(value) }
    var value: Value { state.withLock { $0 } }

    @discardableResult
    func change(_ body: (inout Value) -> Void) -> Value {
        state.withLock { value in
            var changed = value
            body(&changed)
            value = changed
            return changed
        }
    }
}

/// Holds all that wait until it is opened.
final class AsyncGate: Sendable {
    private let state = Mutex((isOpen: false, waiters: [CheckedContinuation<Void, Never>]()))

    func wait() async {
        await withCheckedContinuation { waiter in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(waiter) }
                return state.isOpen
            }
            if isOpen { waiter.resume() }
        }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// Runs `body` with a fetcher that is closed afterwards.
func withFetcher<Value>(
    _ configuration: HTTPFetchConfiguration = HTTPFetchConfiguration(),
    _ body: @Sendable (HTTPFetcher) async throws -> Value
) async throws -> Value {
    let fetcher = HTTPFetcher(configuration)
    do {
        let value = try await body(fetcher)
        await fetcher.close()
        return value
    } catch {
        await fetcher.close()
        throw error
    }
}

/// The error of a fetch that must fail.
func failure(_ fetcher: HTTPFetcher, _ request: HTTPRequest) async throws -> HTTPFetchError {
    do {
        let response = try await fetcher.fetch(request)
        throw UnexpectedAnswer(status: response.status)
    } catch let error as HTTPFetchError {
        return error
    }
}

struct UnexpectedAnswer: Error { let status: Int }
