import NIOCore
import NIOWebSocket

/// The frames of one connection: hands text to the `AgentConnection`, answers pings, and reads only while it wants more.
final class AgentWire: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let connection: AgentConnection
    private let idleTimeout: TimeAmount
    private var context: ChannelHandlerContext?
    private var heldRead = false
    private var lastRead = NIODeadline.now()
    private var idle: Scheduled<Void>?
    private var closed: AgentClosed?
    /// Nothing may be written while the handshake's decoder is there; what came together with the server's 101 and wants an
    /// answer waits.
    private var mayWrite = false
    private var unanswered: [WebSocketFrame] = []

    init(connection: AgentConnection, idleTimeout: TimeAmount) {
        self.connection = connection
        self.idleTimeout = idleTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watchForSilence(context.eventLoop)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        idle?.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        lastRead = .now()
        switch frame.opcode {
        case .text: connection.assumeIsolated { $0.received(frame.unmaskedData) }
        case .ping, .connectionClose: if mayWrite { answer(frame, context) } else { unanswered.append(frame) }
        default: break
        }
    }

    /// The handshake's handlers are gone.
    func handshakeIsOver() {
        mayWrite = true
        guard let context else { return }
        for frame in unanswered { answer(frame, context) }
        unanswered = []
    }

    private func answer(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        if frame.opcode == .ping {
            connection.assumeIsolated { $0.send(.pong, frame.unmaskedData) }
        } else {
            closeCame(frame.unmaskedData, context)
        }
    }

    private func closeCame(_ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        var payload = payload
        let code = payload.readInteger(as: UInt16.self)
        closed = AgentClosed(code: code, reason: String(buffer: payload))
        var answer = ByteBuffer()
        if let code { answer.writeInteger(code) }
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: answer)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(frame)).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let code: UInt16? = error is NIOWebSocketError ? 1002 : nil
        if closed == nil { closed = AgentClosed(code: code, reason: "") }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let closed = closed ?? AgentClosed(code: nil, reason: "")
        connection.assumeIsolated { $0.fail(closed) }
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        if connection.assumeIsolated({ $0.wantsMore }) { context.read() } else { heldRead = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ReadOnEvent else { return context.fireUserInboundEventTriggered(event) }
        guard heldRead else { return }
        heldRead = false
        lastRead = .now()
        context.read()
    }

    private func watchForSilence(_ loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        idle = loop.scheduleTask(deadline: lastRead + idleTimeout) {
            let wire = bound.value
            if wire.heldRead { wire.lastRead = .now() }
            guard wire.lastRead + wire.idleTimeout <= .now() else { return wire.watchForSilence(loop) }
            wire.context?.close(promise: nil)
        }
    }
}
