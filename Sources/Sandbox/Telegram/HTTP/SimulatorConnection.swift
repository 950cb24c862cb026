import NIOCore
import NIOHTTP1

/// One connection: collects each request and hands it to the world.
final class SimulatorConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Beyond it a request is refused unread: 50 files of 50 MB never come.
    static let maximumBody = 64 << 20

    private let core: SimulatorCore
    private var head: HTTPRequestHead?
    private var body: ByteBuffer?
    private var call: UInt64?
    private var isTooLarge = false

    init(core: SimulatorCore) { self.core = core }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = nil
            isTooLarge = false
            if head.headers.contains(name: "expect") {
                context.writeAndFlush(
                    wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
            }
        case .body(var part):
            let size = (body?.readableBytes ?? 0) + part.readableBytes
            if size > Self.maximumBody {
                isTooLarge = true
            } else if body == nil {
                body = part
            } else {
                body?.writeBuffer(&part)
            }
        case .end:
            guard let head else { return }
            self.head = nil
            let request = SimulatorRequest(head, body: isTooLarge ? nil : body)
            body = nil
            begin(request, head, on: context.channel)
        }
    }

    private func begin(_ request: SimulatorRequest, _ head: HTTPRequestHead, on channel: any Channel) {
        let version = head.version
        let keepsAlive = head.isKeepAlive
        guard !isTooLarge else {
            return Self.write(TelegramFailure(413, "").answer, version, keepsAlive: false, to: channel)
        }
        guard head.method == .GET || head.method == .POST else {
            return Self.write(TelegramAnswer(status: 501, body: []), version, keepsAlive: false, to: channel)
        }
        let responder = SimulatorCore.Responder(
            answer: { Self.write($0, version, keepsAlive: keepsAlive, to: channel) },
            drop: { channel.close(promise: nil) })
        call = core.begin(responder) { world, call in request.receive(in: world, call) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // An answered call is no longer pending: abandoning it does nothing.
        if let call { core.abandon(call) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static func write(
        _ answer: TelegramAnswer, _ version: HTTPVersion, keepsAlive: Bool, to channel: any Channel
    ) {
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: answer.contentType)
        headers.add(name: "Content-Length", value: String(answer.body.count))
        if let seconds = answer.retryAfter { headers.add(name: "Retry-After", value: String(seconds)) }
        headers.add(name: "Connection", value: keepsAlive ? "keep-alive" : "close")
        let status = HTTPResponseStatus(statusCode: answer.status)
        let head = HTTPResponseHead(version: version, status: status, headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: answer.body))), promise: nil)
        let end = channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        if !keepsAlive { end.whenComplete { _ in channel.close(promise: nil) } }
    }
}
