/// What a service does with one WebSocket.
///
/// Every call is made on the connection's event loop, one at a time and in order, and must not block. An actor whose
/// `unownedExecutor` is `WebSocketConnection.unownedExecutor` takes them without a hop:
///
///     nonisolated func received(_ text: [UInt8]) { assumeIsolated { $0.handle(text) } }
package protocol WebSocketSession: AnyObject, Sendable {
    /// One text message, UTF-8 for certain, whole, at most `WebSocketPolicy.maxMessageBytes`.
    func received(_ text: [UInt8])
    /// `isWritable` is true again.
    func becameWritable()
    /// The server is shutting down: close when it suits, within `WebLimits.shutdownGrace`.
    func drain()
    /// The last call, exactly once.
    func closed(_ end: WebSocketEnd)
}

/// How a WebSocket ended.
package struct WebSocketEnd: Sendable, Equatable {
    package enum Party: Sendable, Equatable {
        case us
        case peer
        /// The connection broke without a close frame.
        case nobody
    }

    /// Who sent the first close frame.
    package var by: Party
    /// Its code; nil without a frame, or with one that has no code.
    package var code: WebSocketCloseCode?

    package init(by: Party, code: WebSocketCloseCode?) {
        self.by = by
        self.code = code
    }
}
