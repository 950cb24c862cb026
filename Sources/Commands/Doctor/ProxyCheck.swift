/// Whether what stands between us and the others answers: the proxy of outgoing requests, and the entry point of files.
enum ProxyCheck {
    /// - Parameter failure: why the proxy cannot be used; nil where it answered.
    static func judge(outgoing proxy: String, failure: String?) -> Diagnosis {
        guard let failure else { return .ok("proxy", "\(proxy) answers") }
        return .failed(
            "proxy", "\(proxy): \(failure)", "start it, or mend http.client.proxy: no messenger is reached without it")
    }

    static func judge(files url: String, _ reach: MessengerCheck.Reach) -> Diagnosis {
        switch reach {
        case .failed(let reason):
            .warning(
                "files", "files.url \(url) cannot be reached: \(reason)",
                "start the proxy or connector there, or mend files.url: agents get no files")
        case .status(let status) where status >= 500:
            .warning("files", "files.url \(url) answers \(status)", "start the connectors behind it")
        case .status: .ok("files", "\(url) answers")
        }
    }
}
