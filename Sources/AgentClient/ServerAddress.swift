import Domain

/// Where a server is, out of `ws://host:port/path` or `http://host:port`. TLS is ended by the proxy in front of the servers;
/// this client does not speak it yet.
struct ServerAddress: Sendable, Equatable {
    var host: String
    var port: Int
    /// The path without a trailing slash; empty where the URL has none.
    var path: String

    /// What is said when nothing listens there: `chat server`, `loader`.
    init(_ url: String, settingName: String) throws(EralinkError) {
        func invalid(_ why: String) -> EralinkError {
            EralinkError(.invalidParams, "\(settingName) \(url) \(why)")
        }
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty, let scheme = parts.first?.lowercased() else {
            throw invalid("is not a URL like http://127.0.0.1:8080")
        }
        guard ["ws:", "http:"].contains(scheme) else {
            throw invalid("is not http or ws: TLS is not spoken by this client, use the server's own address")
        }
        let authority = parts[2]
        guard !authority.contains("@") else { throw invalid("has a user in it: the token goes into token_file") }
        let portStart = authority.lastIndex(of: ":").flatMap { authority[$0...].contains("]") ? nil : $0 }
        let host = portStart.map { authority[..<$0] } ?? authority
        guard !host.isEmpty else { throw invalid("has no host") }
        port = 80
        if let portStart {
            let text = authority[authority.index(after: portStart)...]
            guard let number = Int(text), (1...65_535).contains(number) else { throw invalid("has no valid port") }
            port = number
        }
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
        let rest = parts.count > 3 ? parts[3] : ""
        guard !rest.contains("?"), !rest.contains("#") else { throw invalid("must have no query") }
        let trimmed = rest.hasSuffix("/") ? rest.dropLast() : rest
        path = trimmed.isEmpty ? "" : "/\(trimmed)"
    }

    /// The authority as it goes into messages and the Host header.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
