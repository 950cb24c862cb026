import Domain
import Hummingbird
import NIOCore
import NIOHTTP1

extension WebRequest {
    /// A handshake as a request without a body.
    init(head: HTTPRequestHead, remote: SocketAddress?) throws(EralinkError) {
        try self.init(
            method: head.method.rawValue, target: head.uri,
            headers: WebHeaders(head.headers.map { ($0.name, $0.value) }),
            remoteAddress: remote?.ipAddress ?? "", body: .empty)
    }
}

extension WebResponse {
    /// For the answers that are given outside of Hummingbird; a streamed body is not sent there.
    var parts: (HTTPResponseHead, ByteBuffer) {
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status))
        for field in headers.fields { head.headers.add(name: field.name, value: field.value) }
        let bytes: [UInt8] = if case .bytes(let bytes) = body { bytes } else { [] }
        head.headers.replaceOrAdd(name: "Content-Length", value: String(bytes.count))
        return (head, ByteBuffer(bytes: bytes))
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
