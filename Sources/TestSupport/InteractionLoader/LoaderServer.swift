import Domain
import InteractionLoader
import Logging
import ServiceLifecycle
import Store
import Web

/// An Interaction Loader on a free port, over a test's database.
package struct LoaderServer: Sendable {
    package let url: String
    package let metrics: MetricsRegistry
    /// What it serves, such as `get /v1/interactions/{id}`.
    package let routes: [String]

    package static func with<R>(
        _ store: Store, requestsPerSecond: Int = 0, _ body: (LoaderServer) async throws -> R
    ) async throws -> R {
        let metrics = MetricsRegistry()
        let loader = InteractionLoader(
            store: store, capabilities: { kind, _ in kind == .telegram ? .texts : nil },
            requestsPerSecond: requestsPerSecond, metrics: metrics, logger: .silent)
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        let routes = loader.routes + WebRoute.health(metrics: metrics, readiness: loader.readiness)
        let web = WebServer(
            port: 0, routes: routes, logger: .silent, onReady: { ready.yield($0) })
        // Ended below, before this returns.
        let running = Task {
            defer { ready.finish() }
            try await web.run()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else { throw EralinkError(.unavailable, "the loader did not start") }
        let result: Result<R, any Error>
        do {
            result = .success(
                try await body(
                    LoaderServer(
                        url: "http://127.0.0.1:\(port)", metrics: metrics,
                        routes: routes.map { "\($0.method.name.lowercased()) \($0.pattern)" })))
        } catch {
            result = .failure(error)
        }
        running.cancel()
        _ = await running.result
        return try result.get()
    }
}
