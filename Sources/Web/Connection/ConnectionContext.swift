import Logging

/// What all connections of one server share.
struct ConnectionContext: Sendable {
    let limits: WebLimits
    let content: WebContent
    let registry: ConnectionRegistry
    let tickers: SessionTickers
    let logger: Logger

    var webSocket: WebSocketRoute? { content.webSocket }
}

/// Asks the connection to answer `Expect: 100-continue`: the body is about to be read.
struct ContinueEvent: Sendable {}

/// Why a request's body ended before its end.
enum BodyFault: Error {
    case truncated
    case timedOut
}
