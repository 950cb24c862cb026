import AgentProtocol
import Domain
import JSON
import NIOCore
import NIOHTTP1

/// GET requests for JSON, for the Loader. One connection a request: a command makes a handful of them.
package struct RESTClient: Sendable {
    private let address: ServerAddress
    private let token: String
    private let kind: ServerKind
    package var timeout: Duration = .seconds(30)
    package var maxBytes = 64 << 20

    /// Throws `invalid_params` where the URL is none.
    package init(_ url: String, token: String, server: ServerKind = .loader) throws(EralinkError) {
        address = try ServerAddress(url, settingName: "loader.url")
        self.token = token
        kind = server
    }

    /// The JSON at `path` (already percent-encoded, from its first slash) with the query's pairs, which are encoded here.
    ///
    /// Throws the server's error, `unavailable` where it is not there or answers what is no JSON.
    package func get(_ path: String, query: [(name: String, value: String)] = []) async throws -> JSONValue {
        let pairs = query.map { "\(PercentEncoding.encoded($0.name))=\(PercentEncoding.encoded($0.value))" }
        let target = address.path + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
        let (status, body) = try await exchange(target)
        let json = try? JSONValue(parsing: body.readableBytesView)
        if (200..<300).contains(status), let json { return json }
        if let error = json.flatMap({ EralinkError(json: $0) }) { throw error }
        throw EralinkError(.unavailable, "\(kind.name) at \(address.authority) answered HTTP \(status) without JSON")
    }

    private func exchange(_ target: String) async throws -> (Int, ByteBuffer) {
        let headers: HTTPHeaders = [
            "Host": address.authority, "Authorization": "Bearer \(token)", "Accept": "application/json",
            "Connection": "close",
        ]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: headers)
        let limits = (timeout: TimeAmount(timeout), bytes: maxBytes)
        let reply = try await address.dial(kind, timeout: .seconds(5)) { channel in
            channel.eventLoop.makeCompletedFuture {
                let promise = channel.eventLoop.makePromise(of: Reply.Value.self)
                try channel.pipeline.syncOperations.addHandlers([
                    HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder()),
                    ReplyCollector(head, promise, timeout: limits.timeout, maxBytes: limits.bytes),
                ])
                return Reply(channel: channel, value: promise.futureResult)
            }
        }
        do {
            return try await withTaskCancellationHandler {
                try await reply.value.get()
            } onCancel: {
                reply.channel.close(promise: nil)
            }
        } catch {
            try Task.checkCancellation()
            throw EralinkError(.unavailable, "\(kind.name) at \(address.authority) broke off its answer")
        }
    }

    private struct Reply: Sendable {
        typealias Value = (Int, ByteBuffer)
        let channel: any NIOCore.Channel
        let value: EventLoopFuture<Value>
    }
}

/// Sends one request and collects its response.
private final class ReplyCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private enum Failure: Error {
        case incomplete, tooLarge, timedOut
    }

    private let request: HTTPRequestHead
    private let promise: EventLoopPromise<(Int, ByteBuffer)>
    private let timeout: TimeAmount
    private let maxBytes: Int
    private var status = 0
    private var body = ByteBuffer()
    private var timer: Scheduled<Void>?

    init(_ request: HTTPRequestHead, _ promise: EventLoopPromise<(Int, ByteBuffer)>, timeout: TimeAmount, maxBytes: Int)
    {
        self.request = request
        self.promise = promise
        self.timeout = timeout
        self.maxBytes = maxBytes
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        let (channel, promise) = (context.channel, promise)
        timer = context.eventLoop.scheduleTask(in: timeout) {
            promise.fail(Failure.timedOut)
            channel.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(var bytes):
            guard body.readableBytes + bytes.readableBytes <= maxBytes else { return fail(.tooLarge, context) }
            body.writeBuffer(&bytes)
        case .end:
            promise.succeed((status, body))
            context.close(promise: nil)
        }
    }

    private func fail(_ failure: Failure, _ context: ChannelHandlerContext) {
        promise.fail(failure)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        promise.fail(Failure.incomplete)
    }
}
