import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// How Hummingbird's server sets up a connection: the codec and the guard at once, Hummingbird's own handling with the first
/// request that is not a WebSocket handshake.
///
/// A connection that becomes a WebSocket leaves `handle` and keeps neither a task nor an async channel: that is what makes an
/// idle session cheap.
struct ConnectionChannel: HTTPChannelHandler {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let needsHTTP: EventLoopFuture<Bool>
        let guarded: NIOLoopBound<ConnectionGuard>
    }

    let responder: Responder
    let shared: ConnectionContext

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let promise = channel.eventLoop.makePromise(of: Bool.self)
            let registry = shared.registry
            let fits = registry.opened(channel)
            channel.closeFuture.whenComplete { _ in registry.closed(channel) }
            let guarded = ConnectionGuard(shared: shared, isOverloaded: !fits, needsHTTP: promise)
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = shared.limits.headers
            limits.maxHeaderListSize = shared.limits.headers
            limits.maxHeaderFieldCount = 200
            let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
            try channel.pipeline.syncOperations.addHandlers([
                HTTPResponseEncoder(), ByteObserver(guarded), ByteToMessageHandler(decoder), guarded,
            ])
            return Value(
                channel: channel, needsHTTP: promise.futureResult,
                guarded: NIOLoopBound(guarded, eventLoop: channel.eventLoop))
        }
    }

    func handle(value: Value, logger: Logger) async {
        guard (try? await value.needsHTTP.get()) == true else { return }
        let guarded = value.guarded
        let http = try? await value.channel.eventLoop.submit { try guarded.value.installHTTP() }.get()
        guard let http else { return }
        await handleHTTP(asyncChannel: http, logger: logger)
    }

    /// Takes the HTTP handlers out of a pipeline that has become a WebSocket's. Bytes that came after the handshake go on to
    /// what stands behind the decoder.
    static func removeHTTP(from channel: any Channel, guarded: ConnectionGuard) throws {
        let pipeline = channel.pipeline.syncOperations
        pipeline.removeHandler(guarded, promise: nil)
        for context in [
            try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self),
            try pipeline.context(handlerType: ByteObserver.self),
            try pipeline.context(handlerType: HTTPResponseEncoder.self),
        ] {
            pipeline.removeHandler(context: context, promise: nil)
        }
    }
}

/// Tells the guard of bytes before the decoder has made parts of them: the time for a head runs from its first byte.
final class ByteObserver: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let guarded: ConnectionGuard

    init(_ guarded: ConnectionGuard) { self.guarded = guarded }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guarded.bytesCame()
        context.fireChannelRead(data)
    }
}
