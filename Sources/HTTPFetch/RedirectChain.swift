/// Follows redirects one request at a time, so that each target passes the same checks as the first. Pure.
struct RedirectChain {
    /// What is asked for next.
    private(set) var request: HTTPRequest
    private(set) var hops = 0
    private let started = ContinuousClock.now

    init(_ request: HTTPRequest) {
        self.request = request
    }

    /// - Returns: true if `head` leads to another request, which then is `request`.
    mutating func follow(_ head: HTTPResponseHead, from plan: TransferPlan) throws(HTTPFetchError) -> Bool {
        guard case .follow(let max) = request.redirects, request.method.isSafe,
            [301, 302, 303, 307, 308].contains(head.status), let location = head.headers["Location"]
        else { return false }
        hops += 1
        func refuse(_ detail: String) -> HTTPFetchError {
            plan.error(.redirect, .uncertain, status: head.status, detail)
        }
        guard hops <= max else { throw refuse("more than \(max) redirects") }
        guard let target = plan.target.resolving(location) else {
            throw refuse("a redirect to what is not an http URL")
        }
        guard !(plan.target.scheme == "https" && target.scheme == "http") else {
            throw refuse("a redirect from https to http")
        }
        request.url = target.url
        if target.origin != plan.target.origin { dropHeaders() }
        if let total = request.timeouts.total {
            request.timeouts.total = Swift.max(.milliseconds(1), total - started.duration(to: .now))
        }
        return true
    }

    /// After a first answer nothing can be called "certainly not sent".
    func judged(_ error: HTTPFetchError) -> HTTPFetchError {
        guard hops > 0 else { return error }
        var error = error
        error.delivery = .uncertain
        return error
    }

    /// What a caller says to one origin (credentials above all) is not for another.
    private mutating func dropHeaders() {
        let kept = ["accept", "accept-language", "range", "if-range"]
        request.headers = HTTPHeaders(
            request.headers.fields.filter { kept.contains($0.name.lowercased()) }.map { ($0.name, $0.value) })
    }
}
