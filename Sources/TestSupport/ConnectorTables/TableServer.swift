import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A request as the table's server got it.
struct TableRequest: Sendable {
    var method: String
    var path: String
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body.prefix(4096), as: UTF8.self) }
}

/// The messenger of one row, on loopback: it answers requests by the row's script and notes what was not in it.
///
/// It is the HTTP proxy of the connector's fetchers as well, so that no request can reach another host: each that tries is
/// refused here and noted.
final class TableServer: Sendable {
    private struct State {
        var script: [TableExchange] = []
        var secrets: [String] = []
        var complaints: [String] = []
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let state: Mutex<State>
    private let listening = Mutex<(any Channel)?>(nil)

    private init(_ script: [TableExchange], secrets: [String]) {
        state = Mutex(State(script: script, secrets: secrets))
    }

    static func start(_ script: [TableExchange], secrets: [String]) async throws -> TableServer {
        let server = TableServer(script, secrets: secrets)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                server.opened(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
                    try channel.pipeline.syncOperations.addHandler(TableHandler(server: server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.listening.withLock { $0 = channel }
        return server
    }

    var url: String { "http://127.0.0.1:\(listening.withLock { $0?.localAddress?.port } ?? 0)" }

    /// Closes the port and gives what was wrong; a request that never came is among it.
    func stop() async -> [String] {
        let channel = listening.withLock { $0 }
        channel?.close(promise: nil)
        try? await channel?.closeFuture.get()
        return state.withLock { state in
            for channel in state.channels.values { channel.close(promise: nil) }
            let missing = state.script.map { "\($0.method) \($0.path) was never asked" }
            return state.complaints + missing
        }
    }

    /// - Parameter target: of the request line: absolute, since the server is used as a proxy.
    func answer(_ method: String, _ target: String, headers: [String: String], body: [UInt8]) -> TableExchange.Answer {
        let own = url
        return state.withLock { state in
            var path = target
            if target.hasPrefix(own) {
                path = String(target.dropFirst(own.utf8.count))
            } else if !target.hasPrefix("/") {
                state.complaints.append("a request was leaving localhost: \(method) \(target.hiding(state.secrets))")
                return .reply(status: 403, headers: [:], body: [])
            }
            let request = TableRequest(method: method, path: path, headers: headers, body: body)
            guard !state.script.isEmpty else {
                state.complaints.append("unexpected: \(method) \(path.hiding(state.secrets)) \(request.text)")
                return .reply(status: 418, headers: [:], body: [])
            }
            let exchange = state.script.removeFirst()
            state.complaints += exchange.complaints(about: request, hiding: state.secrets)
            return exchange.answer
        }
    }

    private func opened(_ channel: any Channel) {
        state.withLock { $0.channels[ObjectIdentifier(channel)] = channel }
        channel.closeFuture.whenComplete { [weak self, weak channel] _ in
            guard let channel else { return }
            self?.state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
        }
    }
}

private final class TableHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let server: TableServer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(server: TableServer) { self.server = server }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            if head.headers.contains(name: "expect") {
                context.writeAndFlush(wrapOutboundOut(.init(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
            }
        case .body(let part): body += part.readableBytesView
        case .end:
            guard let head else { return }
            var headers: [String: String] = [:]
            for (name, value) in head.headers { headers[name.lowercased()] = value }
            perform(server.answer(head.method.rawValue, head.uri, headers: headers, body: body), context)
        }
    }

    private func perform(_ answer: TableExchange.Answer, _ context: ChannelHandlerContext) {
        switch answer {
        case .silence: break
        case .drop: context.close(promise: nil)
        case .reply(let status, let headers, let body):
            write(status, headers, length: body.count, body[...], context)
        case .cut(let status, let body, let count):
            write(status, [:], length: body.count, body.prefix(count), context)
            context.close(promise: nil)
        }
    }

    private func write(
        _ status: Int, _ headers: [String: String], length: Int, _ body: ArraySlice<UInt8>,
        _ context: ChannelHandlerContext
    ) {
        var head = "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(length)\r\n\r\n"
        var buffer = ByteBuffer(string: head)
        buffer.writeBytes(body)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
}
