import NIOCore
import NIOHTTP1
import NIOPosix

/// A connection to a server on loopback that asks one thing after the other, with whatever bytes the test wants.
final class HTTPConnection: Sendable {
    struct Response: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct ClosedWithoutAnswer: Error {}

    private let channel: any Channel

    private init(_ channel: any Channel) { self.channel = channel }

    static func with<Value>(port: Int, _ body: (HTTPConnection) async throws -> Value) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(Collector())
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        do {
            let value = try await body(HTTPConnection(channel))
            try? await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }

    func close() async throws { try await channel.close() }

    func get(_ uri: String) async throws -> Response { try await ask(.GET, uri, type: nil, body: []) }

    func post(_ uri: String, json: String) async throws -> Response {
        try await ask(.POST, uri, type: "application/json", body: Array(json.utf8))
    }

    func ask(_ method: HTTPMethod, _ uri: String, type: String?, body: [UInt8]) async throws -> Response {
        var headers = HTTPHeaders([("Host", "127.0.0.1"), ("Content-Length", String(body.count))])
        if let type { headers.add(name: "Content-Type", value: type) }
        let answer = channel.eventLoop.makePromise(of: Response.self)
        let request = Request(
            head: HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers),
            body: ByteBuffer(bytes: body), answer: answer)
        channel.writeAndFlush(request).cascadeFailure(to: answer)
        return try await answer.futureResult.get()
    }

    private struct Request: Sendable {
        var head: HTTPRequestHead
        var body: ByteBuffer
        var answer: EventLoopPromise<Response>
    }

    private final class Collector: ChannelDuplexHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias OutboundIn = Request
        typealias OutboundOut = HTTPClientRequestPart

        private var answer: EventLoopPromise<Response>?
        private var response = Response(status: 0, headers: [:], body: [])

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            let request = unwrapOutboundIn(data)
            answer = request.answer
            context.write(wrapOutboundOut(.head(request.head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
            context.write(wrapOutboundOut(.end(nil)), promise: promise)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                response = Response(status: Int(head.status.code), headers: head.headers, body: [])
            case .body(let part): response.body.append(contentsOf: part.readableBytesView)
            case .end:
                answer?.succeed(response)
                answer = nil
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            answer?.fail(ClosedWithoutAnswer())
            answer = nil
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
