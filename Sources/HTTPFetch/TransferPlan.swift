/// Everything that a transfer needs, checked before curl sees it.
struct TransferPlan: Sendable {
    let request: HTTPRequest
    let target: RequestTarget
    /// Vetted addresses that the host's name is pinned to.
    var pinned: [IPAddress] = []
    /// The answer is handed on while it comes.
    var streaming = false

    init(_ request: HTTPRequest) throws(HTTPFetchError) {
        guard let target = RequestTarget(request.url) else {
            throw HTTPFetchError(
                .invalidRequest, .certainlyNotSent, label: request.label,
                detail: "the URL is not an absolute http or https URL without user info, spaces and control characters")
        }
        self.request = request
        self.target = target
        guard request.method.rawValue.isToken else { throw invalid("the method is not a token") }
        for field in request.headers.fields {
            guard field.isWellFormed else {
                throw invalid("a header has characters that are not allowed in its name or value")
            }
            guard !["content-length", "transfer-encoding", "expect"].contains(field.name.lowercased()) else {
                throw invalid("the header \(field.name) is set by the fetcher")
            }
        }
        if case .multipart(let form) = request.body, !form.isWellFormed {
            throw invalid("a multipart part has characters that are not allowed in its content type")
        }
        if let length = request.body.stream?.length, length < 0 { throw invalid("the body's length is negative") }
    }

    private func invalid(_ detail: String) -> HTTPFetchError {
        error(.invalidRequest, .certainlyNotSent, detail)
    }

    func error(
        _ code: HTTPFetchError.Code, _ delivery: HTTPFetchError.Delivery, status: Int? = nil, curlCode: Int? = nil,
        _ detail: String
    ) -> HTTPFetchError {
        // curl's messages do not quote the path; should one ever do, it must not carry a token away.
        let secret = target.path
        let shown = secret.count > 1 ? detail.split(separator: secret).joined(separator: "…") : detail
        return HTTPFetchError(
            code, delivery, origin: target.origin, label: request.label, status: status, curlCode: curlCode,
            detail: shown)
    }
}
