import ChatServer
import Coordination
import Domain
import Logging
import Postgres
import ServiceLifecycle
import Store
import Web

extension ChatServerFixture {
    /// One ChatServer behind its own WebServer, over connections of its own.
    package struct Node: Sendable {
        package let chat: ChatServer
        package let web: WebServer
        package let metrics: MetricsRegistry
        package let coordination: InMemoryCoordination
        package let store: Store
        package let port: Int
        /// Drains the node, as SIGTERM would. Harmless when repeated.
        package let stop: @Sendable () async -> Void

        package var url: String { "http://127.0.0.1:\(port)" }

        static func start(
            _ settings: ChatServerSettings, _ base: StoreFixture, _ coordination: InMemoryCoordination
        ) async throws -> Node {
            let metrics = MetricsRegistry()
            let store = try base.makeStore(connections: 8)
            let chat = try await ChatServer.make(
                settings, store: store, coordination: coordination, metrics: metrics, logger: store.logger)
            let (ports, ready) = AsyncStream.makeStream(of: Int.self)
            var limits = WebLimits()
            limits.shutdownGrace = .seconds(5)
            let web = WebServer(
                port: 0, limits: limits, routes: chat.routes, webSocket: chat.webSocket(), logger: .silent,
                onReady: { ready.yield($0) })
            let services: [any Service] = [chat, web]
            let group = ServiceGroup(
                configuration: .init(
                    services: services.map { .init(service: $0, successTerminationBehavior: .ignore) },
                    logger: .silent))
            // Ended by `stop`.
            let running = Task {
                defer { ready.finish() }
                try await group.run()
            }
            let stop: @Sendable () async -> Void = {
                await group.triggerGracefulShutdown()
                // Its failure is the test's failure too: nothing answers any more.
                _ = try? await running.value
                await store.pool.shutdown()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else {
                await stop()
                throw EralinkError(.unavailable, "the server ended")
            }
            return Node(
                chat: chat, web: web, metrics: metrics, coordination: coordination, store: store, port: port,
                stop: stop)
        }
    }
}
