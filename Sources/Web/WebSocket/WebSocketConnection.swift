import NIOCore

/// A session's handle on its WebSocket. Its calls may come from anywhere; on the event loop they take effect at once.
package struct WebSocketConnection: Sendable {
    let handler: WebSocketHandler

    /// The connection's event loop as an actor's executor. It lives as long as the process.
    package var unownedExecutor: UnownedSerialExecutor { handler.loop.executor.asUnownedSerialExecutor() }

    package var remoteAddress: String { handler.channel.remoteAddress?.ipAddress ?? "" }

    /// Sends one text message, which must be UTF-8. Messages of one turn of the event loop leave in one write.
    /// Nothing is refused here: a session that goes on while `isWritable` is false makes the process hold the bytes.
    package func send(_ text: [UInt8]) { handler.send(text) }

    /// Whether less waits for the socket than the channel's high water mark (64 KiB); `becameWritable` tells when it is so again.
    package var isWritable: Bool { handler.channel.isWritable }

    /// Begins the close handshake. `reason`: at most 123 bytes of UTF-8. A second close does nothing.
    package func close(_ code: WebSocketCloseCode, reason: String = "") { handler.close(code, reason: reason) }

    /// Stops reading from the socket: the peer feels it. Messages of what has been read already (at most 64 KiB) still come.
    package func pauseReading() { handler.setReading(false) }

    package func resumeReading() { handler.setReading(true) }
}
