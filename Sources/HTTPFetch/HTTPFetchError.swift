/// Why a fetch brought no answer, and the one thing that a sender must know: whether the request can have arrived.
///
/// It never carries the URL, whose path may be a secret: `origin` and the caller's `label` stand for it.
package struct HTTPFetchError: Error, Sendable, Equatable, CustomStringConvertible {
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Raw: String, Sendable {
            case invalidRequest, dns, connect, tls, timeout, reset, truncated, badResponse, tooLarge, cancelled
            case overloaded, guarded, redirect, requestBody, other
        }

        private let raw: Raw

        /// A URL, method, header or body that cannot be sent as it is.
        package static let invalidRequest = Code(raw: .invalidRequest)
        package static let dns = Code(raw: .dns)
        package static let connect = Code(raw: .connect)
        package static let tls = Code(raw: .tls)
        /// `connect`, `total` or `stall` of the request's timeouts ran out.
        package static let timeout = Code(raw: .timeout)
        /// The connection ended before an answer, or in the midst of one by a reset.
        package static let reset = Code(raw: .reset)
        /// The body ended before its announced length.
        package static let truncated = Code(raw: .truncated)
        /// The answer is not HTTP, or its encoding is broken.
        package static let badResponse = Code(raw: .badResponse)
        package static let tooLarge = Code(raw: .tooLarge)
        /// By the awaiting task, or by `close()`.
        package static let cancelled = Code(raw: .cancelled)
        /// The fetcher already has as many transfers as its configuration allows.
        package static let overloaded = Code(raw: .overloaded)
        /// The guard refused the scheme or the address.
        package static let guarded = Code(raw: .guarded)
        /// Too many redirects, or one that leads nowhere.
        package static let redirect = Code(raw: .redirect)
        /// The streamed body failed, or had another length than announced.
        package static let requestBody = Code(raw: .requestBody)
        package static let other = Code(raw: .other)

        package var description: String { raw.rawValue }
    }

    package enum Delivery: Sendable, Equatable {
        /// Not a byte of the request was handed to a connection.
        case certainlyNotSent
        /// Some of it, perhaps all, may have been read and acted upon.
        case uncertain
    }

    package var code: Code
    package var delivery: Delivery
    /// `scheme://host:port`; empty if the URL could not be read.
    package var origin: String
    package var label: String
    /// The status of the answer, if its head had come already.
    package var status: Int?
    /// The CURLcode, if curl reported the failure.
    package var curlCode: Int?
    /// What curl, the system or we say about it, without the URL.
    package var detail: String

    package init(
        _ code: Code, _ delivery: Delivery, origin: String = "", label: String = "", status: Int? = nil,
        curlCode: Int? = nil, detail: String
    ) {
        self.code = code
        self.delivery = delivery
        self.origin = origin
        self.label = label
        self.status = status
        self.curlCode = curlCode
        self.detail = detail
    }

    /// Whether the same request may succeed later without a change; says nothing about whether that could double it.
    package var isTransient: Bool {
        ![.invalidRequest, .guarded, .tooLarge, .redirect, .requestBody, .cancelled].contains(code)
    }

    package var description: String {
        let subject = [label, origin].filter { !$0.isEmpty }.joined(separator: " at ")
        return "\(subject.isEmpty ? "http request" : subject): \(detail) (\(code))"
    }
}
