import Domain
import Web

/// A web server of a test's own routes on a free port, for the time of a test.
package enum WebStandIn {
    package static func with<R>(_ routes: [WebRoute], _ body: (_ url: String) async throws -> R) async throws -> R {
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        let web = WebServer(port: 0, routes: routes, logger: .silent, onReady: { ready.yield($0) })
        // Ended below, before this returns.
        let running = Task {
            defer { ready.finish() }
            try await web.run()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else { throw EralinkError(.unavailable, "the server did not start") }
        let result: Result<R, any Error>
        do { result = .success(try await body("http://127.0.0.1:\(port)")) } catch { result = .failure(error) }
        running.cancel()
        _ = await running.result
        return try result.get()
    }
}
