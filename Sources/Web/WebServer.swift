import Domain
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// An HTTP server with its routes and, where there is one, its WebSocket.
///
/// On graceful shutdown it stops accepting, closes idle connections, lets requests in flight finish, tells sessions to drain
/// (`WebSocketSession.drain`), and cuts what is left when `limits.shutdownGrace` is over.
package struct WebServer: Service {
    private let host: String
    private let port: Int
    private let limits: WebLimits
    private let content: WebContent
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void
    private let registry: ConnectionRegistry

    /// `port` 0 takes any free one; `onReady` is told which, when connections are accepted.
    ///
    /// - Parameter isComplete: false where `install` will bring more: until then what is not in `routes` is answered with 503.
    package init(
        host: String = "127.0.0.1", port: Int, limits: WebLimits = WebLimits(), routes: [WebRoute],
        webSocket: WebSocketRoute? = nil, isComplete: Bool = true, logger: Logger,
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.limits = limits
        content = WebContent(.init(routes, webSocket: webSocket, isComplete: isComplete))
        self.logger = logger
        self.onReady = onReady
        registry = ConnectionRegistry(limits: limits)
    }

    /// Answers with these from now on, connections that are open already included.
    package func install(routes: [WebRoute], webSocket: WebSocketRoute? = nil) {
        content.replace(with: .init(routes, webSocket: webSocket, isComplete: true))
    }

    /// WebSocket sessions at this moment.
    package var sessions: Int { registry.sessions }

    /// Connections at this moment, sessions included.
    package var connections: Int { registry.connections }

    /// Serves until graceful shutdown or cancellation. Throws `unavailable` where it cannot listen.
    package func run() async throws {
        let loops = MultiThreadedEventLoopGroup.singleton
        let server = try makeServer(on: loops)
        let registry = registry
        let grace = TimeAmount(limits.shutdownGrace)
        let cut = Mutex<Scheduled<Void>?>(nil)
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                do {
                    try await server.run()
                } catch let error as IOError {
                    throw cannotListen(error)
                }
                await registry.allClosed()
            } onGracefulShutdown: {
                let task = loops.any().scheduleTask(in: grace) { registry.closeAll() }
                cut.withLock { $0 = task }
            }
        } onCancel: {
            registry.closeAll()
        }
        cut.withLock { $0?.cancel() }
    }

    private func makeServer(on loops: MultiThreadedEventLoopGroup) throws -> any Service {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let shared = ConnectionContext(
            limits: limits, content: content, registry: registry, tickers: SessionTickers(), logger: logger)
        let responder = RouteResponder(content: content, limits: limits, logger: logger)
        let onReady = onReady
        let builder = HTTPServerBuilder { responder in ConnectionChannel(responder: responder, shared: shared) }
        return try builder.buildServer(
            configuration: ServerConfiguration(address: .hostname(host, port: port), backlog: 1024),
            eventLoopGroup: loops, logger: quiet,
            responder: { request, writer, channel in try await responder.respond(request, writer, channel) },
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) })
    }

    private func cannotListen(_ error: IOError) -> EralinkError {
        EralinkError(
            .unavailable,
            "cannot listen on \(host):\(port): \(String(cString: strerror(error.errnoCode))); choose another with --host or --port",
            retryable: false)
    }
}
