/// Where WebSockets are taken, who may have one, and by which rules they live.
package struct WebSocketRoute: Sendable {
    package let path: String
    /// Echoed where the client offers it. A client that offers only others is taken without one (RFC 6455, section 4.2.2),
    /// which a client that insists sees and closes.
    package let subprotocol: String?
    package let policy: WebSocketPolicy
    let shouldUpgrade: @Sendable (WebRequest) async -> WebSocketDecision

    package init(
        _ path: String, subprotocol: String? = nil, policy: WebSocketPolicy = WebSocketPolicy(),
        shouldUpgrade: @escaping @Sendable (WebRequest) async -> WebSocketDecision
    ) {
        self.path = path
        self.subprotocol = subprotocol
        self.policy = policy
        self.shouldUpgrade = shouldUpgrade
    }
}

/// The answer to a valid handshake.
package enum WebSocketDecision: Sendable {
    /// The session is made on the connection's event loop, before its first message.
    case accept(@Sendable (WebSocketConnection) -> any WebSocketSession)
    case refuse(WebResponse)
}

/// The rules of a WebSocket (agent-api.md, "Connection").
package struct WebSocketPolicy: Sendable {
    package var maxMessageBytes = 262_144
    package var pingEvery: Duration = .seconds(25)
    /// No pong in this time closes 4012. Time in which the session has stopped reading does not count.
    package var pongWithin: Duration = .seconds(8)
    /// A socket that takes nothing of what waits for it in this time is closed 4008.
    package var stalledAfter: Duration = .seconds(10)
    /// The close handshake's time; then the connection is cut.
    package var closeWithin: Duration = .seconds(5)
    /// The reason text of the closes that the connection makes by itself, at most 123 bytes of UTF-8.
    package var closeReason: @Sendable (WebSocketCloseCode) -> String = { _ in "" }
    /// How often the deadlines above are looked at.
    package var tick: Duration = .seconds(1)

    package init() {}
}
