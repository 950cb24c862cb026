import CCurl

/// A URL as curl itself reads it, so that what is checked is what is connected to.
///
/// Parsing is a pure computation of libcurl (no handle, no I/O): it may run on any thread.
struct RequestTarget: Sendable, Equatable {
    /// Normalised: `http://0x7f.1/a b` is refused or rewritten here, not later.
    let url: String
    let scheme: String
    /// Lower case; an IPv6 literal without its brackets.
    let host: String
    let port: UInt16
    /// Path and query, for redaction.
    let path: String

    var origin: String { "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// - Returns: `nil` unless `url` is an absolute http or https URL without user info, spaces and control characters.
    init?(_ url: String) {
        self.init(setting: [url])
    }

    /// What a `Location` means here.
    func resolving(_ location: String) -> RequestTarget? {
        RequestTarget(setting: [url, location])
    }

    private init?(setting urls: [String]) {
        guard let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        for url in urls {
            guard url.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else { return nil }
            let flags = UInt32(CURLU_URLENCODE | CURLU_DISALLOW_USER)
            guard curl_url_set(handle, CURLUPART_URL, url, flags) == CURLUE_OK else { return nil }
        }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &value, UInt32(flags)) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard let url = part(CURLUPART_URL), let scheme = part(CURLUPART_SCHEME)?.lowercased(),
            let host = part(CURLUPART_HOST), let path = part(CURLUPART_PATH),
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ UInt16($0) }),
            scheme == "http" || scheme == "https", port != 0
        else { return nil }
        self.url = url
        self.scheme = scheme
        self.host = host.trimmingBrackets.lowercased()
        self.port = port
        self.path = part(CURLUPART_QUERY).map { "\(path)?\($0)" } ?? path
    }
}

extension String {
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
