import NIOCore
import NIOHTTP1

/// A request whole, and how it is answered.
struct ViberRequest: Sendable {
    var method: String
    var path: String
    var headers: [String: String]
    var body: [UInt8]
}

enum ViberResponse: Sendable {
    case reply(status: Int, headers: [(String, String)], body: [UInt8])
    /// Of a HEAD: the length of what a GET would bring.
    case head(status: Int, headers: [(String, String)], length: Int)
    /// Bytes without end.
    case endless(type: String)
    case drop
    case hang

    static func json(_ body: [UInt8], status: Int = 200) -> ViberResponse {
        .reply(status: status, headers: [("Content-Type", "application/json")], body: body)
    }
}

/// One connection: collects each request, has it answered, and reads the next.
final class ViberConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private static let largest = 64 << 20

    private let respond: @Sendable (ViberRequest) async -> ViberResponse
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var queued: [ViberRequest] = []
    private var isBusy = false
    /// Of the request that is being answered; the connection's end cancels it.
    private var task: Task<Void, Never>?

    init(_ respond: @escaping @Sendable (ViberRequest) async -> ViberResponse) { self.respond = respond }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            if head.headers.contains(name: "expect") {
                context.writeAndFlush(
                    wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
            }
        case .body(let part):
            guard body.count + part.readableBytes <= Self.largest else { return context.close(promise: nil) }
            body += part.readableBytesView
        case .end:
            guard let head else { return }
            var headers: [String: String] = [:]
            for (name, value) in head.headers { headers[name.lowercased()] = value }
            let path = String(head.uri.prefix { $0 != "?" })
            queued.append(ViberRequest(method: head.method.rawValue, path: path, headers: headers, body: body))
            body = []
            next(context)
        }
    }

    private func next(_ context: ChannelHandlerContext) {
        guard !isBusy, !queued.isEmpty else { return }
        isBusy = true
        let request = queued.removeFirst()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        let respond = respond
        // Ends with its answer, or with the connection.
        task = Task {
            let response = await respond(request)
            loop.execute {
                let (connection, context) = bound.value
                connection.write(response, context)
            }
        }
    }

    private func write(_ response: ViberResponse, _ context: ChannelHandlerContext) {
        switch response {
        case .reply(let status, let headers, let body):
            var buffer = start(status, headers + [("Content-Length", String(body.count))])
            buffer.writeBytes(body)
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        case .head(let status, let headers, let length):
            context.writeAndFlush(
                wrapOutboundOut(start(status, headers + [("Content-Length", String(length))])), promise: nil)
        case .endless(let type):
            context.writeAndFlush(
                wrapOutboundOut(start(200, [("Content-Type", type), ("Connection", "close")])), promise: nil)
            return pour(context)
        case .drop: return context.close(promise: nil)
        case .hang: return
        }
        isBusy = false
        next(context)
    }

    private func start(_ status: Int, _ headers: [(String, String)]) -> ByteBuffer {
        var text = "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return ByteBuffer(string: text + "\r\n")
    }

    /// Goes on as long as the other side takes it.
    private func pour(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 0x41, count: 64 << 10))).whenSuccess {
            let (connection, context) = bound.value
            connection.pour(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        task?.cancel()
        queued = []
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
