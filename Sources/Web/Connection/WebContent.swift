import Synchronization

/// What a server answers with. It may be given after the server has begun to listen.
final class WebContent: Sendable {
    struct Value: Sendable {
        var routes: RouteTable
        var webSocket: WebSocketRoute?
        /// False while more is to come: what is not known yet is unavailable, and not missing.
        var isComplete: Bool
    }

    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    var current: Value { value.withLock { $0 } }
    var webSocket: WebSocketRoute? { value.withLock { $0.webSocket } }

    func replace(with new: Value) { value.withLock { $0 = new } }
}

extension WebContent.Value {
    init(_ routes: [WebRoute], webSocket: WebSocketRoute?, isComplete: Bool) {
        // What a plain request to the WebSocket's path gets.
        let upgrade = webSocket.map { [WebRoute(.get, $0.path) { _ in WebSocketHandshake.upgradeRequired }] } ?? []
        self.init(routes: RouteTable(routes + upgrade), webSocket: webSocket, isComplete: isComplete)
    }
}
