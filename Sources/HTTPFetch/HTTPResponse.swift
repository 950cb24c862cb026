/// Status line and header fields of a final answer (never of an interim 1xx one).
package struct HTTPResponseHead: Sendable, Equatable {
    package var status: Int
    package var headers: HTTPHeaders

    package init(status: Int, headers: HTTPHeaders = [:]) {
        self.status = status
        self.headers = headers
    }

    package var isSuccess: Bool { (200..<300).contains(status) }
}

/// A whole answer.
package struct HTTPResponse: Sendable, Equatable {
    package var head: HTTPResponseHead
    package var body: [UInt8]
    /// Numeric, `address:port`; the proxy's if there is one.
    package var remoteAddress: String?
    package var timings: HTTPTimings

    package init(head: HTTPResponseHead, body: [UInt8], remoteAddress: String?, timings: HTTPTimings) {
        self.head = head
        self.body = body
        self.remoteAddress = remoteAddress
        self.timings = timings
    }

    package var status: Int { head.status }
    package var headers: HTTPHeaders { head.headers }
    package var text: String { String(decoding: body, as: UTF8.self) }
}

package struct HTTPTimings: Sendable, Equatable {
    /// When curl was given the request and when it reported the end of it.
    package var started: ContinuousClock.Instant
    package var finished: ContinuousClock.Instant
    /// From the start until the connection was ready for the request, and until the first byte of the answer.
    package var connected: Duration
    package var firstByte: Duration
    /// The request went over a connection that was already open.
    package var reusedConnection: Bool

    package init(
        started: ContinuousClock.Instant, finished: ContinuousClock.Instant, connected: Duration = .zero,
        firstByte: Duration = .zero, reusedConnection: Bool = false
    ) {
        self.started = started
        self.finished = finished
        self.connected = connected
        self.firstByte = firstByte
        self.reusedConnection = reusedConnection
    }
}
