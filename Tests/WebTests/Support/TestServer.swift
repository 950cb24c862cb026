import Logging
import ServiceLifecycle

@testable import Web

/// A real server on a free port for the time of a test.
struct TestServer: Sendable {
    let port: Int
    let server: WebServer
    let group: ServiceGroup

    static func with<Result: Sendable>(
        limits: WebLimits = WebLimits(), routes: [WebRoute] = [], webSocket: WebSocketRoute? = nil,
        _ body: @Sendable @escaping (TestServer) async throws -> Result
    ) async throws -> Result {
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var limits = limits
        limits.shutdownGrace = min(limits.shutdownGrace, .seconds(5))
        let server = WebServer(
            port: 0, limits: limits, routes: routes, webSocket: webSocket, logger: logger,
            onReady: { ready.yield($0) })
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)], logger: logger
            ))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { ready.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else {
                try await tasks.waitForAll()
                throw CancellationError()
            }
            do {
                let result = try await body(TestServer(port: port, server: server, group: group))
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                try? await tasks.waitForAll()
                throw error
            }
        }
    }
}
