import Crypto
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import AgentClient

@Suite("Frames that come together with the server's 101", .timeLimit(.minutes(1)))
struct EarlyFrameTests {
    /// A server that says no more than that, in one packet, to whoever asks, and keeps what it is told afterwards.
    private final class Server: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let frames: [UInt8]
        private let answer: AsyncStream<[UInt8]>.Continuation
        private var asked = ""
        private var isOpen = false

        init(frames: [UInt8], answer: AsyncStream<[UInt8]>.Continuation) {
            self.frames = frames
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(unwrapInboundIn(data).readableBytesView)
            if isOpen { return _ = answer.yield(bytes) }
            asked += String(decoding: bytes, as: UTF8.self)
            guard asked.hasSuffix("\r\n\r\n"),
                let line = asked.split(separator: "\r\n").first(where: { $0.hasPrefix("Sec-WebSocket-Key: ") })
            else { return }
            isOpen = true
            let key = line.dropFirst("Sec-WebSocket-Key: ".count) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            let accept = Data(Insecure.SHA1.hash(data: Data(key.utf8))).base64EncodedString()
            var out = context.channel.allocator.buffer(capacity: 512)
            out.writeString(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: \(accept)\r\nSec-WebSocket-Protocol: eralink.v1\r\n\r\n")
            out.writeBytes(frames)
            context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        }
    }

    private func withServer(
        sending frames: [UInt8], _ body: (AgentConnection, AsyncStream<[UInt8]>) async throws -> Void
    ) async throws {
        let (answers, answer) = AsyncStream.makeStream(of: [UInt8].self)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Server(frames: frames, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let url = "http://127.0.0.1:\(server.localAddress?.port ?? 0)"
            let connection = try await AgentConnection.connect(url, token: "t")
            try await body(connection, answers)
            await connection.close()
        } catch {
            try? await server.close()
            throw error
        }
        try await server.close()
    }

    @Test("a close is answered, and says what it said")
    func close() async throws {
        let reason = #"{"retry_after_ms":30}"#
        let frame = [0x88, UInt8(2 + reason.utf8.count), 0x0F, 0xAD] + Array(reason.utf8)
        try await withServer(sending: frame) { connection, answers in
            let end = await #expect(throws: AgentClosed.self) { _ = try await connection.nextEvent() }
            #expect(end?.code == 4013 && end?.retryAfterMilliseconds == 30)
            var iterator = answers.makeAsyncIterator()
            #expect(await iterator.next()?.prefix(2) == [0x88, 0x82])
        }
    }

    @Test("a ping is answered")
    func ping() async throws {
        try await withServer(sending: [0x89, 1, 0x41]) { _, answers in
            var iterator = answers.makeAsyncIterator()
            #expect(await iterator.next()?.prefix(2) == [0x8A, 0x81])
        }
    }
}
