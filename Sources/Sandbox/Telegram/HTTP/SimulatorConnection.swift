import NIOCore
import NIOHTTP1

/// One connection: collects each request, hands it to the world and writes the answer, in the order of the requests.
///
/// Answers are written as bytes, past NIO's encoder and pipelining handler: they are small and many, and the benchmarks
/// share their processors with this.
final class SimulatorConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// Beyond it a request is refused unread: 50 files of 50 MB never come.
    static let maximumBody = 64 << 20

    private let core: SimulatorCore
    private var head: HTTPRequestHead?
    private var body: ByteBuffer?
    private var isTooLarge = false
    /// Requests that came before the one under way was answered.
    private var queued: [(HTTPRequestHead, ByteBuffer?)] = []
    private var isBusy = false
    private var call: UInt64?

    init(core: SimulatorCore) { self.core = core }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = nil
            isTooLarge = false
            if head.headers.contains(name: "expect") {
                write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"), context)
            }
        case .body(var part):
            let size = (body?.readableBytes ?? 0) + part.readableBytes
            if size > Self.maximumBody {
                isTooLarge = true
                body = nil
            } else if body == nil {
                body = part
            } else {
                body?.writeBuffer(&part)
            }
        case .end:
            guard let head else { return }
            self.head = nil
            if isTooLarge {
                answer(TelegramFailure(413, "").answer, keepsAlive: false, context)
            } else if isBusy {
                queued.append((head, body))
            } else {
                begin(head, body, context)
            }
            body = nil
        }
    }

    private func begin(_ head: HTTPRequestHead, _ body: ByteBuffer?, _ context: ChannelHandlerContext) {
        guard head.method == .GET || head.method == .POST else {
            return answer(TelegramAnswer(status: 501, body: []), keepsAlive: false, context)
        }
        isBusy = true
        call = nil
        let keepsAlive = head.isKeepAlive
        let loop = context.eventLoop
        let connection = NIOLoopBound((self, context), eventLoop: loop)
        let request = SimulatorRequest(head, body: body)
        let begun = core.begin(
            SimulatorCore.Responder(
                answer: { answer in
                    Self.run(on: loop) {
                        let (handler, context) = connection.value
                        handler.answer(answer, keepsAlive: keepsAlive, context)
                    }
                },
                drop: { Self.run(on: loop) { connection.value.1.close(promise: nil) } })
        ) { world, call in request.receive(in: world, call) }
        // Answered already, and perhaps on to the next request: then there is nothing left to abandon.
        if isBusy, call == nil { call = begun }
    }

    private static func run(on loop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
        if loop.inEventLoop { body() } else { loop.execute(body) }
    }

    private func answer(_ answer: TelegramAnswer, keepsAlive: Bool, _ context: ChannelHandlerContext) {
        let reason = HTTPResponseStatus(statusCode: answer.status).reasonPhrase
        var head = "HTTP/1.1 \(answer.status) \(reason)\r\nContent-Type: \(answer.contentType)\r\n"
        if let seconds = answer.retryAfter { head += "Retry-After: \(seconds)\r\n" }
        head += "Connection: \(keepsAlive ? "keep-alive" : "close")\r\nContent-Length: \(answer.body.count)\r\n\r\n"
        var buffer = context.channel.allocator.buffer(capacity: head.utf8.count + answer.body.count)
        buffer.writeString(head)
        buffer.writeBytes(answer.body)
        write(buffer, context)
        isBusy = false
        call = nil
        if !keepsAlive {
            queued = []
            context.close(promise: nil)
        } else if !queued.isEmpty {
            let (head, body) = queued.removeFirst()
            begin(head, body, context)
        }
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        queued = []
        if let call { core.abandon(call) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
