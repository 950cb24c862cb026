import NIOCore
import NIOPosix
import Synchronization

/// A TCP relay on loopback that can become a cut cable: bytes stop passing in both directions while every connection stays open,
/// so that neither end is told.
package final class TCPRelay: Sendable {
    package let port: Int
    private let server: any Channel
    private let connections: ConnectionSet
    private let lines: RelayLines

    private init(server: any Channel, connections: ConnectionSet, lines: RelayLines) throws {
        guard let port = server.localAddress?.port else { throw SandboxError("the relay's socket has no port") }
        self.port = port
        self.server = server
        self.connections = connections
        self.lines = lines
    }

    /// Listens on a free port and passes on to `target` of 127.0.0.1.
    package static func start(to target: Int) async throws -> TCPRelay {
        let connections = ConnectionSet()
        let lines = RelayLines()
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                connections.add(near)
                let (nearEnd, farEnd) = RelayEnd.pair(lines)
                return ClientBootstrap(group: near.eventLoop)
                    .channelOption(.socketOption(.tcp_nodelay), value: 1)
                    .channelOption(.autoRead, value: false)
                    .channelInitializer { far in
                        connections.add(far)
                        return far.eventLoop.makeCompletedFuture {
                            try far.pipeline.syncOperations.addHandler(farEnd())
                        }
                    }
                    .connect(host: "127.0.0.1", port: target)
                    .flatMapThrowing { _ in try near.pipeline.syncOperations.addHandler(nearEnd()) }
                    .flatMapErrorThrowing { error in
                        near.close(promise: nil)
                        throw error
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return try TCPRelay(server: server, connections: connections, lines: lines)
    }

    /// A relay for the time of `body`.
    package static func with<Value>(to target: Int, _ body: (TCPRelay) async throws -> Value) async throws -> Value {
        let relay = try await start(to: target)
        let result: Result<Value, any Error>
        do { result = .success(try await body(relay)) } catch { result = .failure(error) }
        await relay.stop()
        return try result.get()
    }

    /// From now on no byte passes. What was on its way waits here.
    package func cut() { lines.cut() }

    /// Bytes pass again, the ones that waited first.
    package func mend() { lines.mend() }

    /// Ends every connection at both ends.
    package func drop() { connections.closeAll() }

    package func stop() async {
        server.close(promise: nil)
        try? await server.closeFuture.get()
        lines.mend()
        connections.closeAll()
    }
}
