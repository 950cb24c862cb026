/// What a server takes from its clients (cli.md, `limits.*`, and what is answered past each).
package struct WebLimits: Sendable {
    /// Bytes of a request's target and header fields: 431.
    package var headers = 32 * 1024
    /// Bytes of a body where the route does not say: 413.
    package var body: Int64 = 64 * 1024
    /// From the connection, or a later request's first byte, to the end of its head: 408, or a silent close where nothing came.
    package var headerTimeout: Duration = .seconds(10)
    /// Between requests, within a body that is waited for, and while a response is not taken: close.
    package var idleTimeout: Duration = .seconds(75)
    /// Connections without a WebSocket at one time: 503.
    package var connections = 4096
    /// WebSocket sessions at one time: 503 before the upgrade.
    package var sessions = 20_000
    /// How long requests in flight and sessions may take to end after a graceful shutdown began.
    package var shutdownGrace: Duration = .seconds(30)

    package init() {}
}
