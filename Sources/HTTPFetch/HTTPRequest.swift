/// What a `HTTPFetcher` is asked to do.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    /// Absolute, `http` or `https`, without user info. It may hold a secret in its path: it is never logged or put into an error.
    package var url: String
    package var headers: HTTPHeaders
    package var body: HTTPRequestBody
    package var timeouts: HTTPTimeouts
    /// A body longer than this (after decompression) ends the transfer with `.tooLarge`.
    package var maxResponseBytes: Int
    package var redirects: HTTPRedirects
    /// Set for URLs that came from outside (media by URL): what they may point at.
    package var guarded: FetchGuard?
    /// Ask for gzip and deflate and undo them.
    package var decompress: Bool
    /// Stands in errors and logs in place of the URL, such as the method of the platform's API.
    package var label: String
    /// Whether curl may send the request again by itself when a reused connection ends before the first byte of an answer,
    /// although the request may have been read. On for GET and HEAD, off for all others: a sender decides that itself.
    package var mayBeRepeated: Bool

    package init(
        _ method: HTTPMethod = .get, _ url: String, headers: HTTPHeaders = [:], body: HTTPRequestBody = .none,
        timeouts: HTTPTimeouts = HTTPTimeouts(), maxResponseBytes: Int = 1 << 20, redirects: HTTPRedirects = .none,
        guarded: FetchGuard? = nil, decompress: Bool = false, label: String = "", mayBeRepeated: Bool? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.maxResponseBytes = maxResponseBytes
        self.redirects = redirects
        self.guarded = guarded
        self.decompress = decompress
        self.label = label
        self.mayBeRepeated = mayBeRepeated ?? method.isSafe
    }
}

package struct HTTPMethod: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let get = HTTPMethod(rawValue: "GET")
    package static let head = HTTPMethod(rawValue: "HEAD")
    package static let post = HTTPMethod(rawValue: "POST")
    package static let put = HTTPMethod(rawValue: "PUT")
    package static let patch = HTTPMethod(rawValue: "PATCH")
    package static let delete = HTTPMethod(rawValue: "DELETE")

    var isSafe: Bool { self == .get || self == .head }
}

package struct HTTPTimeouts: Sendable, Equatable {
    /// Name lookup, connection and TLS handshake together.
    package var connect: Duration
    /// The whole exchange, from the call on; `nil` is no limit. A long poll of 50 s takes 65 s here.
    package var total: Duration?
    /// Not a byte for this long (seconds at least) ends the transfer; time paused by a slow consumer does not count.
    package var stall: Duration?

    package init(connect: Duration = .seconds(10), total: Duration? = .seconds(60), stall: Duration? = nil) {
        self.connect = connect
        self.total = total
        self.stall = stall
    }
}

/// Whether a 3xx answer to a GET or HEAD is followed. Answers to other methods are always handed back as they are.
package enum HTTPRedirects: Sendable, Equatable {
    case none
    /// From `https` never back to `http`; headers of the caller are dropped when the origin changes.
    case follow(max: Int)
}
