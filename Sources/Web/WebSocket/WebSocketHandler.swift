import Logging
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// A WebSocket on its channel: frames in, messages to the session, and back. A plain channel handler, since an async channel
/// and a task for each session would cost several times its memory.
///
/// Unchecked because all of its state is touched on the channel's event loop alone: the channel calls there, and the entry
/// points that the session may call from elsewhere hop first.
final class WebSocketHandler: ChannelInboundHandler, ChannelOutboundHandler, RemovableChannelHandler,
    @unchecked Sendable
{
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = Never
    typealias OutboundOut = WebSocketFrame

    let channel: any Channel
    private let route: WebSocketRoute
    private let shared: ConnectionContext
    private var session: (any WebSocketSession)?
    private var lifecycle: WebSocketLifecycle
    private var messages: MessageAssembler
    private var context: ChannelHandlerContext?
    private var isFlushing = false
    private var isReading = true
    private var heldRead = false
    private var latePong: ByteBuffer?
    private var isDeaf = false
    private var written = 0

    var loop: any EventLoop { channel.eventLoop }

    private init(channel: any Channel, route: WebSocketRoute, shared: ConnectionContext) {
        self.channel = channel
        self.route = route
        self.shared = shared
        lifecycle = WebSocketLifecycle(policy: route.policy, now: .now())
        messages = MessageAssembler(limit: route.policy.maxMessageBytes)
    }

    /// Puts the frame codec and the handler behind the guard.
    static func install(
        after guarded: ConnectionGuard, on channel: any Channel, route: WebSocketRoute, shared: ConnectionContext
    ) throws -> WebSocketHandler {
        let handler = WebSocketHandler(channel: channel, route: route, shared: shared)
        let decoder = WebSocketFrameDecoder(maxFrameSize: route.policy.maxMessageBytes)
        try channel.pipeline.syncOperations.addHandlers(
            [WebSocketFrameEncoder(), ByteToMessageHandler(decoder), handler], position: .after(guarded))
        return handler
    }

    func start(_ session: any WebSocketSession) {
        self.session = session
        shared.tickers.ticker(of: loop, every: TimeAmount(route.policy.tick)).add(self)
        if !channel.isActive { finish() }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
        self.context = nil
    }

    // MARK: inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDeaf else { return }
        let frame = unwrapInboundIn(data)
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3, frame.maskKey != nil else { return fail(.protocolError) }
        switch frame.opcode {
        case .text: receive(.text, frame)
        case .binary: receive(.binary, frame)
        case .continuation: receive(.continuation, frame)
        case .ping: pong(frame.unmaskedData)
        case .pong: lifecycle.pongCame()
        case .connectionClose:
            perform(lifecycle.closeCame(Array(frame.unmaskedData.readableBytesView), now: .now()))
        default: fail(.protocolError)
        }
    }

    private func receive(_ opcode: MessageAssembler.Opcode, _ frame: WebSocketFrame) {
        guard lifecycle.isOpen else { return }
        do throws(MessageAssembler.Fault) {
            let payload = frame.unmaskedData.readableBytesView
            guard let message = try messages.receive(opcode, isFinal: frame.fin, payload: payload) else { return }
            session?.received(message)
        } catch {
            fail(error.code)
        }
    }

    /// Answers a ping; while the socket takes nothing only the latest (RFC 6455, section 5.5.3), so that a flood holds no memory.
    private func pong(_ payload: ByteBuffer) {
        guard lifecycle.isOpen else { return }
        if channel.isWritable { write(.pong, payload) } else { latePong = payload }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isDeaf, error is NIOWebSocketError || error is ByteToMessageDecoderError { return }
        switch error as? NIOWebSocketError {
        case .invalidFrameLength?: fail(.messageTooLarge)
        case .fragmentedControlFrame?, .multiByteControlFrameLength?: fail(.protocolError)
        default:
            shared.logger.debug("session's connection failed", metadata: ["error": "\(error)"])
            channel.close(promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if channel.isWritable {
            if let latePong {
                self.latePong = nil
                pong(latePong)
            }
            if lifecycle.isOpen { session?.becameWritable() }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: session?.drain()
        case ChannelEvent.inputClosed: perform(lifecycle.inputEnded())
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    private func finish() {
        guard let session else { return }
        self.session = nil
        _ = lifecycle.inputEnded()
        shared.tickers.ticker(of: loop, every: TimeAmount(route.policy.tick)).remove(self)
        shared.registry.closeSession()
        session.closed(lifecycle.end)
    }

    // MARK: outbound

    func send(_ text: [UInt8]) {
        onLoop { handler in
            guard handler.lifecycle.isOpen else { return }
            handler.write(.text, ByteBuffer(bytes: text))
        }
    }

    func close(_ code: WebSocketCloseCode, reason: String) {
        onLoop { handler in handler.perform(handler.lifecycle.close(code, reason: reason, now: .now())) }
    }

    func setReading(_ reading: Bool) {
        onLoop { handler in
            handler.isReading = reading
            guard reading, handler.heldRead else { return }
            handler.heldRead = false
            handler.context?.read()
        }
    }

    func read(context: ChannelHandlerContext) {
        if isReading || !lifecycle.isOpen { context.read() } else { heldRead = true }
    }

    func tick(now: NIODeadline) {
        let waiting = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        perform(
            lifecycle.tick(
                now: now, taken: written - waiting, waiting: waiting, isReading: isReading,
                reason: route.policy.closeReason))
    }

    /// The peer broke the rules: nothing more of it is read.
    private func fail(_ code: WebSocketCloseCode) {
        perform(lifecycle.close(code, reason: route.policy.closeReason(code), isFault: true, now: .now()))
        isDeaf = true
    }

    private func perform(_ action: WebSocketLifecycle.Action) {
        switch action {
        case .none: break
        case .sendPing: write(.ping, ByteBuffer())
        case .sendClose(let code, let reason, let thenEnd):
            var payload = ByteBuffer()
            if let code { payload.writeInteger(code.number) }
            payload.writeString(reason)
            write(.connectionClose, payload, promise: thenEnd ? endOfOutput() : nil)
            context?.flush()
            resumeForClose()
        case .cut: channel.close(promise: nil)
        }
    }

    /// The peer's close frame can be read only when reading goes on.
    private func resumeForClose() {
        guard heldRead else { return }
        heldRead = false
        context?.read()
    }

    /// Ends our side when the close frame has gone out; the peer's end, or the timeout, closes the connection. Closing at once
    /// with bytes unread would make the system throw the close frame away.
    private func endOfOutput() -> EventLoopPromise<Void> {
        let channel = channel
        let promise = loop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in channel.close(mode: .output, promise: nil) }
        return promise
    }

    private func write(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
        guard let context else { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
        written += payload.readableBytes + Self.headerBytes(payload.readableBytes)
        context.write(wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: payload)), promise: promise)
        guard !isFlushing else { return }
        isFlushing = true
        loop.execute {
            self.isFlushing = false
            self.context?.flush()
        }
    }

    private static func headerBytes(_ count: Int) -> Int { count < 126 ? 2 : count <= 0xFFFF ? 4 : 10 }

    private func onLoop(_ body: @escaping @Sendable (WebSocketHandler) -> Void) {
        if loop.inEventLoop { body(self) } else { loop.execute { body(self) } }
    }
}
