import NIOCore
import NIOPosix
import Sandbox
import Testing

@Suite("A relay that can become a cut cable")
struct RelayTests {
    /// Sends back what it gets.
    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
    }

    private func withEcho(_ body: (TCPRelay, NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws -> Void) async throws
    {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        try await TCPRelay.with(to: port) { relay in
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: relay.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            try await body(relay, client)
        }
        try await server.close()
    }

    @Test("bytes pass, wait while it is cut, and go on in their order when it is mended")
    func cut() async throws {
        try await withEcho { relay, client in
            try await client.executeThenClose { inbound, outbound in
                var answers = inbound.makeAsyncIterator()
                try await outbound.write(ByteBuffer(string: "one"))
                #expect(try await answers.next().map { String(buffer: $0) } == "one")
                relay.cut()
                try await outbound.write(ByteBuffer(string: "two"))
                try await Task.sleep(for: .milliseconds(100))
                let mended = ContinuousClock.now
                relay.mend()
                var text = ""
                while text.count < 3, let next = try await answers.next() {
                    #expect(ContinuousClock.now >= mended)
                    text += String(buffer: next)
                }
                #expect(text == "two")
            }
        }
    }

    @Test("a megabyte passes whole")
    func much() async throws {
        try await withEcho { _, client in
            try await client.executeThenClose { inbound, outbound in
                let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try await withThrowingTaskGroup(of: [UInt8].self) { group in
                    group.addTask {
                        var got: [UInt8] = []
                        for try await buffer in inbound {
                            got += buffer.readableBytesView
                            if got.count >= bytes.count { break }
                        }
                        return got
                    }
                    try await outbound.write(ByteBuffer(bytes: bytes))
                    #expect(try await group.next() == bytes)
                }
            }
        }
    }

    @Test("its end is told to both sides")
    func dropped() async throws {
        try await withEcho { relay, client in
            try await client.executeThenClose { inbound, outbound in
                var answers = inbound.makeAsyncIterator()
                try await outbound.write(ByteBuffer(string: "one"))
                _ = try await answers.next()
                relay.drop()
                let end = try? await answers.next()
                #expect(end == .some(nil) || end == nil)
            }
        }
    }
}
