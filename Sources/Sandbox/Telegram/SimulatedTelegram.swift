import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// A simulated Telegram Bot API server on the loopback interface: strict, with faults on demand, and with an account of
/// everything a bot did.
///
/// Customers are moved by the methods here, or from another process by `/control/...` on the same port.
package final class SimulatedTelegram: Service, Sendable {
    /// The port it listens on.
    package let port: Int
    let core: SimulatorCore
    private let server: any Channel
    private let connections: ConnectionSet

    /// What bots are configured with, without a slash at the end.
    package var baseURL: String { "http://127.0.0.1:\(port)" }

    private init(core: SimulatorCore, server: any Channel, connections: ConnectionSet) throws {
        guard let port = server.localAddress?.port else { throw SimulatorError("the listening socket has no port") }
        self.core = core
        self.server = server
        self.connections = connections
        self.port = port
    }

    /// Listens and answers from now on; `run()` or `stop()` ends it.
    /// - Parameter port: 0 for any free one.
    /// - Throws: where the port cannot be had.
    package static func start(
        port: Int = 0, configuration: Configuration = Configuration()
    ) async throws -> SimulatedTelegram {
        let core = SimulatorCore(configuration)
        let connections = ConnectionSet()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                connections.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
                    try channel.pipeline.syncOperations.addHandler(SimulatorConnection(core: core))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return try SimulatedTelegram(core: core, server: server, connections: connections)
    }

    /// Runs the body with a simulator that is gone afterwards.
    package static func with<Value>(
        configuration: Configuration = Configuration(), _ body: (SimulatedTelegram) async throws -> Value
    ) async throws -> Value {
        let telegram = try await start(configuration: configuration)
        do {
            let value = try await body(telegram)
            try await telegram.stop()
            return value
        } catch {
            try? await telegram.stop()
            throw error
        }
    }

    /// Serves until shut down or cancelled.
    package func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await server.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            self.server.close(promise: nil)
        }
        connections.closeAll()
    }

    /// A poll that waits is answered so long after the first update that comes, with those that come until then.
    package func gather(for time: Duration) {
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        core.perform { $0.gatherSeconds = seconds }
    }

    /// Closes the port and all connections.
    package func stop() async throws {
        server.close(promise: nil)
        try await server.closeFuture.get()
        connections.closeAll()
    }
}
