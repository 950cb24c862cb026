import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

extension WebRequest {
    init(_ request: Request, remote: SocketAddress?) throws(EralinkError) {
        try self.init(
            method: request.method.rawValue, target: request.head.path ?? "",
            headers: WebHeaders(request.headers.map { ($0.name.rawName, $0.value) } + Self.host(of: request)),
            remoteAddress: remote?.ipAddress ?? "", body: .empty)
    }

    private static func host(of request: Request) -> [(name: String, value: String)] {
        request.head.authority.map { [("Host", $0)] } ?? []
    }
}

/// Answers what Hummingbird hands over: finds the route, runs it, and writes its response or its error.
struct RouteResponder: Sendable {
    let content: WebContent
    let limits: WebLimits
    let logger: Logger

    func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any NIOCore.Channel) async throws {
        let announced = request.headers[.contentLength].flatMap { Int64($0) }
        let isChunked = request.headers[.transferEncoding] != nil
        var source: WebBody.Source?
        var response: WebResponse
        do {
            var web = try WebRequest(request, remote: channel.remoteAddress)
            let (route, parameters) = try route(of: web)
            web.parameters = parameters
            let limit = route.bodyLimit ?? limits.body
            if let announced, announced > limit { throw WebBody.tooLarge(limit: limit) }
            let body = WebBody.Source(body: request.body, limit: limit, announced: announced) {
                channel.triggerUserOutboundEvent(ContinueEvent(), promise: nil)
            }
            source = body
            if announced ?? 0 > 0 || isChunked { web.body = WebBody(body) }
            response = try await route.respond(web)
        } catch let refusal as Refusal {
            response = refusal.response
        } catch {
            response = try failure(error, request)
        }
        if !isReusable(after: source, announced: announced, isChunked: isChunked) {
            response.headers["Connection"] = "close"
        }
        try await write(response, to: writer, request, on: channel.eventLoop)
    }

    private struct Refusal: Error {
        let response: WebResponse
    }

    private func route(of request: WebRequest) throws -> (WebRoute, [String: String]) {
        let content = content.current
        switch content.routes.match(method: request.method, path: request.segments) {
        case .found(let route, let parameters): return (route, parameters)
        case .otherMethods(let methods):
            let error = EralinkError(.methodNotFound, "\(request.method) is not a method of \(request.path)")
            let allow = methods.map(\.name).joined(separator: ", ")
            throw Refusal(response: .problem(error, status: 405, headers: ["Allow": allow]))
        case .unknown where !content.isComplete:
            throw EralinkError(
                .unavailable, "the service is starting; /readyz says what it waits for", retryAfterMilliseconds: 1000)
        case .unknown:
            throw EralinkError(.methodNotFound, "there is nothing at \(request.path)")
        }
    }

    private func failure(_ error: any Error, _ request: Request) throws -> WebResponse {
        if let error = error as? EralinkError { return .problem(error) }
        if error is CancellationError { throw error }
        logger.error(
            "request failed",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)", "error": "\(String(reflecting: error))",
            ])
        return .problem(EralinkError(.internal, "the request failed inside the server; its log tells why"))
    }

    /// Whether the rest of the body is worth reading to keep the connection.
    private func isReusable(after source: WebBody.Source?, announced: Int64?, isChunked: Bool) -> Bool {
        guard announced ?? 0 > 0 || isChunked else { return true }
        let progress = source?.progress.withLock { $0 } ?? WebBody.Source.Progress()
        if progress.ended { return true }
        guard let announced else { return false }
        return announced - progress.received <= 64 * 1024
    }

    private func write(
        _ response: WebResponse, to writer: consuming ResponseWriter, _ request: Request, on loop: any EventLoop
    ) async throws {
        var head = HTTPResponse(status: .init(code: response.status))
        for field in response.headers.fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            head.headerFields.append(HTTPField(name: name, value: field.value))
        }
        switch response.body {
        case .empty:
            head.headerFields[.contentLength] = response.status == 204 || response.status == 304 ? nil : "0"
            if request.method == .head { head.headerFields[.contentLength] = response.headers["Content-Length"] ?? "0" }
            try await writer.write(response: head, body: ResponseBody())
        case .bytes(let bytes):
            head.headerFields[.contentLength] = String(bytes.count)
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .stream(let length, let produce):
            if let length { head.headerFields[.contentLength] = String(length) }
            if request.method == .head { return try await writer.write(response: head, body: ResponseBody()) }
            try await stream(head, length, produce, to: writer, request, on: loop)
        }
    }

    private func stream(
        _ head: HTTPResponse, _ length: Int64?, _ produce: @escaping @Sendable (WebBodyWriter) async throws -> Void,
        to writer: consuming ResponseWriter, _ request: Request, on loop: any EventLoop
    ) async throws {
        let logger = logger
        let path = request.uri.path
        let body = ResponseBody(contentLength: length.map { Int(clamping: $0) }) { base in
            let writer = WebBodyWriter(base, length: length, loop: loop)
            do {
                try await produce(writer)
                try await writer.finish()
            } catch {
                // The head has gone out already: only a cut connection can say that the body is not whole.
                logger.warning("response cut short", metadata: ["path": "\(path)", "error": "\(error)"])
                throw error
            }
        }
        try await writer.write(response: head, body: body)
    }
}
