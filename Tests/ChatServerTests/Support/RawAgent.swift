import JSON
import NIOCore
import NIOPosix

/// A WebSocket by hand: sends frames as they are given, several in one write, and reads only when it is asked to.
struct RawAgent: ~Copyable {
    struct Closed: Error, Equatable {
        var code: Int?
        var reason: String
    }

    struct Refused: Error, Equatable {
        var status: Int
    }

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var bytes: [UInt8] = []

    /// Shakes hands, with the token in the header where one is given.
    static func with<R>(
        port: Int, token: String? = nil, _ body: (inout RawAgent) async throws -> sending R
    ) async throws -> sending R {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: 8192)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var agent = RawAgent(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            try await agent.shakeHands(token)
            return try await body(&agent)
        }
    }

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    private mutating func shakeHands(_ token: String?) async throws {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        try await write(
            Array(
                ("GET /v1/agent HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(authorization)\r\n")
                    .utf8))
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) { head += try await take(1) }
        let status = Int(String(decoding: head.dropFirst(9).prefix(3), as: UTF8.self)) ?? 0
        guard status == 101 else { throw Refused(status: status) }
    }

    // MARK: sending

    func write(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// All of them in one write.
    func send(_ texts: [String]) async throws { try await write(texts.flatMap { Self.frame(1, Array($0.utf8)) }) }

    func send(_ text: String) async throws { try await send([text]) }

    func request(_ id: String, _ method: String, _ params: JSONValue = .object([])) async throws {
        try await send(Self.request(id, method, params))
    }

    static func request(_ id: String, _ method: String, _ params: JSONValue = .object([])) -> String {
        String(
            decoding: JSONWriter.object { writer in
                writer.member("jsonrpc", "2.0")
                writer.member("id", id)
                writer.member("method", method)
                writer.member("params", params)
            }, as: UTF8.self)
    }

    /// A final masked frame.
    static func frame(_ opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x80 | opcode]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ...0xFFFF: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [0x80 | 127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) }
        }
        let key: [UInt8] = [1, 2, 3, 4]
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    // MARK: reading

    /// The next text frame. Pings are passed over. Throws `Closed` where the server closes.
    mutating func next() async throws -> JSONValue {
        while true {
            let head = try await take(2)
            var length = Int(head[1] & 0x7F)
            if length >= 126 {
                length = try await take(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
            }
            let payload = try await take(length)
            switch head[0] & 0x0F {
            case 1: return try JSONValue(parsing: payload)
            case 8:
                throw Closed(
                    code: payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil,
                    reason: String(decoding: payload.dropFirst(2), as: UTF8.self))
            default: continue
            }
        }
    }

    /// The reply to a request; events and other replies before it are dropped.
    mutating func reply(_ id: String) async throws -> JSONValue {
        while true {
            let frame = try await next()
            if frame["id"]?.string == id { return frame }
        }
    }

    /// How the server closes; whatever comes before is dropped.
    mutating func closed() async throws -> Closed {
        do {
            while true { _ = try await next() }
        } catch let closed as Closed {
            return closed
        }
    }

    private mutating func take(_ count: Int) async throws -> [UInt8] {
        while bytes.count < count {
            guard let buffer = try await inbound.next() else { throw Closed(code: nil, reason: "") }
            bytes += buffer.readableBytesView
        }
        defer { bytes.removeFirst(count) }
        return Array(bytes[..<count])
    }
}

extension JSONValue {
    /// `error.data.code` of a reply.
    var errorCode: String? { self["error"]?["data"]?["code"]?.string }
}
