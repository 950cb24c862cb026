import Domain
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The opening handshake's rules (RFC 6455, section 4.2).
enum WebSocketHandshake {
    static let upgradeRequired = WebResponse.problem(
        EralinkError(.invalidRequest, "this path speaks WebSocket; ask for an upgrade"), status: 426,
        headers: ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"])

    /// What is wrong with any request's head, whatever it is for (RFC 9112, section 3.2).
    static func flaw(of head: HTTPRequestHead) -> WebResponse? {
        guard head.version.major == 1, head.version.minor <= 1 else {
            return .problem(EralinkError(.invalidRequest, "only HTTP/1.1 and HTTP/1.0 are spoken here"), status: 505)
        }
        let hosts = head.headers["host"].count
        guard hosts == 1 || (hosts == 0 && head.version == .http1_0) else {
            return .problem(EralinkError(.invalidRequest, "the request needs exactly one Host header"))
        }
        return nil
    }

    static func isFor(_ route: WebSocketRoute, _ head: HTTPRequestHead) -> Bool {
        guard let target = try? RequestTarget(head.uri), target.path == route.path else { return false }
        return head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
    }

    /// Why the handshake is refused; nil where it is right.
    static func refusal(_ head: HTTPRequestHead) -> WebResponse? {
        guard head.method == .GET else {
            let error = EralinkError(.methodNotFound, "a WebSocket is opened with GET")
            return .problem(error, status: 405, headers: ["Allow": "GET, HEAD"])
        }
        guard head.version == .http1_1 else { return bad("a WebSocket needs HTTP/1.1") }
        guard head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" }) else {
            return bad("the Connection header does not ask for an upgrade")
        }
        guard head.headers["sec-websocket-version"] == ["13"] else {
            var refusal = upgradeRequired
            if head.headers["sec-websocket-version"].isEmpty { refusal = bad("Sec-WebSocket-Version is missing") }
            refusal.headers["Sec-WebSocket-Version"] = "13"
            return refusal
        }
        let keys = head.headers["sec-websocket-key"]
        guard keys.count == 1, let key = keys.first, isKey(key) else {
            return bad("Sec-WebSocket-Key is not 16 bytes in base64")
        }
        return nil
    }

    /// The 101. The accept key is computed by NIO's own upgrader, which answers at once.
    static func acceptance(
        of head: HTTPRequestHead, route: WebSocketRoute, on channel: any NIOCore.Channel
    ) -> EventLoopFuture<HTTPResponseHead> {
        var headers = HTTPHeaders()
        let offered = head.headers[canonicalForm: "sec-websocket-protocol"]
        if let subprotocol = route.subprotocol, offered.contains(where: { $0 == subprotocol }) {
            headers.add(name: "Sec-WebSocket-Protocol", value: subprotocol)
        }
        let extra = headers
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(extra) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        return upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: head, initialResponseHeaders: [:])
            .map { HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: $0) }
    }

    private static func bad(_ message: String) -> WebResponse { .problem(EralinkError(.invalidRequest, message)) }

    private static func isKey(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        guard bytes.count == 24, bytes.suffix(2) == [0x3d, 0x3d] else { return false }
        return bytes.dropLast(2).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }
}
