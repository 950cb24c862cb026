import Logging

/// Settings of one `HTTPFetcher`: one loop, one set of connections, one purpose.
package struct HTTPFetchConfiguration: Sendable {
    /// Names the loop in diagnostics.
    package var name: String
    package var userAgent: String
    /// `http://host:port` or `socks5h://host:port`; environment variables are not looked at.
    package var proxy: String?
    /// PEM file of trusted authorities in place of the system's.
    package var caFile: String?
    /// Further transfers to a host wait for one of its connections, within their timeouts.
    package var maxConnectionsPerHost: Int
    /// Transfers under way or waiting; one more is `.overloaded`.
    package var maxTransfers: Int
    /// How long an unused connection is kept; below the 60 s and more after which servers close theirs.
    package var keepAlive: Duration
    /// Offers HTTP/2 through TLS. Streamed answers stay with HTTP/1.1, whose flow control bounds memory better.
    package var http2: Bool
    /// Failures are logged at debug, without URL.
    package var logger: Logger?

    package init(
        name: String = "http", userAgent: String = "eralink", proxy: String? = nil, caFile: String? = nil,
        maxConnectionsPerHost: Int = 64, maxTransfers: Int = 1024, keepAlive: Duration = .seconds(50),
        http2: Bool = false, logger: Logger? = nil
    ) {
        self.name = name
        self.userAgent = userAgent
        self.proxy = proxy
        self.caFile = caFile
        self.maxConnectionsPerHost = maxConnectionsPerHost
        self.maxTransfers = maxTransfers
        self.keepAlive = keepAlive
        self.http2 = http2
        self.logger = logger
    }
}
