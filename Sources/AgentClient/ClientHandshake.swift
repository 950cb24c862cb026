import AgentProtocol
import Domain
import JSON
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The opening handshake from the client's side: sends the request, and makes an `AgentConnection` of a 101 or an error of
/// anything else.
final class ClientHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    struct Opened: Sendable {
        let channel: any NIOCore.Channel
        let connection: EventLoopFuture<AgentConnection>

        func get() async throws -> AgentConnection { try await connection.get() }
    }

    private let address: ServerAddress
    private let token: String
    private let options: AgentConnection.Options
    private let promise: EventLoopPromise<AgentConnection>
    private let upgrader: NIOWebSocketClientUpgrader
    private let key = NIOWebSocketClientUpgrader.randomRequestKey()
    private var status = 0
    private var body = ByteBuffer()
    private var isUpgraded = false
    private var timeout: Scheduled<Void>?

    private init(
        address: ServerAddress, token: String, options: AgentConnection.Options,
        promise: EventLoopPromise<AgentConnection>
    ) {
        self.address = address
        self.token = token
        self.options = options
        self.promise = promise
        upgrader = NIOWebSocketClientUpgrader(requestKey: key) { channel, _ in
            channel.eventLoop.makeSucceededVoidFuture()
        }
    }

    static func install(
        on channel: any NIOCore.Channel, address: ServerAddress, token: String, options: AgentConnection.Options
    ) -> EventLoopFuture<Opened> {
        channel.eventLoop.makeCompletedFuture {
            let promise = channel.eventLoop.makePromise(of: AgentConnection.self)
            let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)
            try channel.pipeline.syncOperations.addHandlers([
                HTTPRequestEncoder(), ByteToMessageHandler(decoder),
                ClientHandshake(address: address, token: token, options: options, promise: promise),
            ])
            return Opened(channel: channel, connection: promise.futureResult)
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "Host": address.authority, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": key, "Sec-WebSocket-Protocol": "eralink.v1", "Authorization": "Bearer \(token)",
        ]
        let path = address.path.isEmpty ? "/v1/agent" : address.path
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let channel = context.channel
        timeout = context.eventLoop.scheduleTask(in: TimeAmount(options.connectTimeout)) {
            bound.value.fail("did not answer in time", channel)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
            if status == 101, !upgrader.shouldAllowUpgrade(upgradeResponse: head) {
                status = 0
                fail("is no WebSocket server", context.channel)
            }
        case .body(var bytes): if body.readableBytes < 65_536 { body.writeBuffer(&bytes) }
        case .end: if status == 101 { upgrade(context) } else { refused(context.channel) }
        }
    }

    private func upgrade(_ context: ChannelHandlerContext) {
        timeout?.cancel()
        let connection = AgentConnection(channel: context.channel, options: options)
        let wire = AgentWire(connection: connection, idleTimeout: TimeAmount(options.idleTimeout))
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandlers([
                WebSocketFrameEncoder(),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: options.maxMessageBytes)),
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: .max,
                    maxAccumulatedFrameSize: options.maxMessageBytes),
                wire,
            ])
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPResponseDecoder>.self)
            let encoder = try pipeline.context(handlerType: HTTPRequestEncoder.self)
            pipeline.removeHandler(context: encoder, promise: nil)
            // The decoder watches writes, too, and leaves only when it has come out of its loop: nobody may write before.
            let isGone = context.eventLoop.makePromise(of: Void.self)
            isGone.futureResult.assumeIsolated().whenSuccess { wire.handshakeIsOver() }
            isGone.futureResult.map { connection }.cascade(to: promise)
            isUpgraded = true
            pipeline.removeHandler(context: context, promise: nil)
            pipeline.removeHandler(context: decoder, promise: isGone)
        } catch {
            promise.fail(error)
            context.close(promise: nil)
        }
    }

    private func refused(_ channel: any NIOCore.Channel) {
        let problem = (try? JSONValue(parsing: body.readableBytesView)).flatMap { EralinkError(json: $0) }
        if let problem { promise.fail(problem) } else { fail("answered HTTP \(status) to the handshake", channel) }
        channel.close(promise: nil)
    }

    private func fail(_ what: String, _ channel: any NIOCore.Channel) {
        promise.fail(EralinkError(.unavailable, "\(options.server.name) at \(address.authority) \(what)"))
        if status != 101 { channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail("does not speak HTTP", context.channel) }

    /// Also the way out of a connection that was never made, or that ends during the handshake.
    func handlerRemoved(context: ChannelHandlerContext) {
        timeout?.cancel()
        if isUpgraded { return }
        fail("closed the connection during the handshake", context.channel)
    }
}
