import CCurl

extension Transfer {
    /// Tells curl all about the request. The handle is fresh or was reset.
    func configure(_ easy: EasyHandle, _ configuration: HTTPFetchConfiguration) {
        installCallbacks(on: easy)
        setConnection(easy, configuration)
        setLimits(easy)
        setMethodAndBody(easy)
        easy.set(CURLOPT_URL, plan.target.url)
        easy.set(CURLOPT_HTTPHEADER, list: headerLines(of: easy))
        if plan.request.decompress { easy.set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate") }
    }

    private func setConnection(_ easy: EasyHandle, _ configuration: HTTPFetchConfiguration) {
        easy.set(CURLOPT_NOSIGNAL, 1)
        easy.set(CURLOPT_QUICK_EXIT, 1)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        let http2 = configuration.http2 && !plan.streaming
        easy.set(CURLOPT_HTTP_VERSION, Int(http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        easy.set(CURLOPT_USERAGENT, configuration.userAgent)
        // An empty string keeps curl from reading http_proxy and its like from the environment.
        easy.set(CURLOPT_PROXY, configuration.proxy ?? "")
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        easy.isProxied = configuration.proxy != nil
        if let caFile = configuration.caFile {
            easy.set(CURLOPT_CAINFO, caFile)
            easy.set(CURLOPT_CAPATH, pointer: nil)
        }
        easy.set(CURLOPT_TCP_KEEPALIVE, 1)
        easy.set(CURLOPT_TCP_KEEPIDLE, 30)
        easy.set(CURLOPT_TCP_KEEPINTVL, 15)
        easy.set(CURLOPT_MAXAGE_CONN, max(1, Int(configuration.keepAlive.components.seconds)))
        if !plan.pinned.isEmpty {
            let addresses = plan.pinned.map(\.bracketed).joined(separator: ",")
            // "+": the entry ages like a looked-up one, so that the names of the world do not gather in the cache.
            easy.set(CURLOPT_RESOLVE, list: ["+\(plan.target.host):\(plan.target.port):\(addresses)"])
        }
    }

    private func setLimits(_ easy: EasyHandle) {
        let request = plan.request
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connect.milliseconds)
        if let total = request.timeouts.total { easy.set(CURLOPT_TIMEOUT_MS, total.milliseconds) }
        if let stall = request.timeouts.stall {
            easy.set(CURLOPT_LOW_SPEED_LIMIT, 1)
            easy.set(CURLOPT_LOW_SPEED_TIME, max(1, Int(stall.components.seconds)))
        }
        // Refuses by Content-Length before the first byte; the answer to HEAD announces a body that does not come.
        if request.method != .head { easy.set(CURLOPT_MAXFILESIZE_LARGE, offset: max(1, request.maxResponseBytes)) }
        if plan.streaming { easy.set(CURLOPT_BUFFERSIZE, 64 << 10) }
    }

    private func setMethodAndBody(_ easy: EasyHandle) {
        let method = plan.request.method
        if let length = plan.request.body.stream?.length {
            upload = Upload(length: length)
            easy.set(CURLOPT_POST, 1)
            easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: length)
        } else if case .bytes(let bytes) = plan.request.body {
            setBody(bytes, easy)
        } else if method == .head {
            return easy.set(CURLOPT_NOBODY, 1)
        } else if method == .get {
            return easy.set(CURLOPT_HTTPGET, 1)
        } else if [.post, .put, .patch].contains(method) {
            setBody([], easy)
        }
        easy.set(CURLOPT_CUSTOMREQUEST, method.rawValue)
    }

    private func setBody(_ bytes: [UInt8], _ easy: EasyHandle) {
        easy.set(CURLOPT_POST, 1)
        easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: bytes.count)
        if bytes.isEmpty {
            easy.set(CURLOPT_COPYPOSTFIELDS, "")
        } else {
            bytes.withUnsafeBytes { _ = eralink_easy_set_bytes(easy.pointer, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) }
        }
    }

    private func headerLines(of easy: EasyHandle) -> [String] {
        // Waiting for a 100 Continue would cost up to a second where a server does not know it.
        var lines = ["Expect:"]
        let headers = plan.request.headers
        if headers["Content-Type"] == nil {
            lines.append("Content-Type:" + (plan.request.body.contentType.map { " \($0)" } ?? ""))
        }
        // curl reads "Name:" as "do not send it" and "Name;" as an empty value.
        for field in headers.fields {
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        return lines
    }
}

extension Duration {
    /// At least 1, since 0 means "no limit" to curl.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < 1_000_000_000 else { return 1_000_000_000_000 }
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
