import Glibc

/// One host of the URL. libpq would try several by itself, but without a time limit for each when it is driven step by step.
struct ConnectTarget: Sendable, Hashable, CustomStringConvertible {
    /// Empty for libpq's default.
    var host: String
    /// Given by the URL, or resolved.
    var address: String?
    var port: String?

    var description: String {
        let name = host.isEmpty ? address ?? "local" : host
        return port.map { "\(name):\($0)" } ?? name
    }

    /// Whether libpq would have to ask the resolver.
    var needsResolving: Bool { address == nil && !host.isEmpty && !host.hasPrefix("/") && !host.hasPrefix("@") }

    /// The numeric addresses of the host, at most four. Blocks.
    func resolved() -> Result<[ConnectTarget], PostgresError> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            let reason = gai_strerror(status).map { String(cString: $0) } ?? "error \(status)"
            return .failure(PostgresError(.connection, "cannot resolve \(host): \(reason)"))
        }
        defer { freeaddrinfo(list) }
        var targets: [ConnectTarget] = []
        var next = list
        while let entry = next?.pointee, targets.count < 4 {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
                let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                targets.append(ConnectTarget(host: host, address: String(decoding: bytes, as: UTF8.self), port: port))
            }
            next = entry.ai_next
        }
        return .success(targets)
    }

    static func isNumeric(_ host: String) -> Bool {
        var buffer = in6_addr()
        return inet_pton(AF_INET, host, &buffer) == 1 || inet_pton(AF_INET6, host, &buffer) == 1
    }
}

extension PostgresConfiguration {
    /// The hosts in the URL's order; empty when the numbers of hosts and ports do not match.
    var targets: [ConnectTarget] {
        func list(_ key: String) -> [String] {
            parameters[key]?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
        }
        let hosts = list("host")
        let addresses = list("hostaddr")
        let ports = list("port")
        let count = max(hosts.count, addresses.count, 1)
        guard [0, count].contains(hosts.count), [0, count].contains(addresses.count),
            [0, 1, count].contains(ports.count)
        else { return [] }
        return (0..<count).map { index in
            let host = hosts.isEmpty ? "" : hosts[index]
            let given = addresses.isEmpty || addresses[index].isEmpty ? nil : addresses[index]
            let port = ports.isEmpty ? nil : ports[ports.count == 1 ? 0 : index]
            return ConnectTarget(
                host: host, address: given ?? (ConnectTarget.isNumeric(host) ? host : nil),
                port: port?.isEmpty ?? true ? nil : port)
        }
    }

    /// libpq's parameters for one attempt.
    func parameters(for target: ConnectTarget) -> [String: String] {
        var result = parameters
        for key in ["host", "hostaddr", "port"] { result[key] = nil }
        result["host"] = target.host.isEmpty ? nil : target.host
        result["hostaddr"] = target.address
        result["port"] = target.port
        if targets.count > 1, result["target_session_attrs"] == nil { result["target_session_attrs"] = "read-write" }
        let milliseconds = tcpUserTimeout.components.seconds * 1000
        for (key, value) in [
            "tcp_user_timeout": String(milliseconds), "keepalives_idle": "10", "keepalives_interval": "3",
            "keepalives_count": "3", "gssencmode": "disable", "application_name": applicationName,
        ] where result[key] == nil { result[key] = value }
        result["client_encoding"] = "UTF8"
        let own = settings.sorted { $0.key < $1.key }.map { "-c \($0.key)=\($0.value.escapedForOptions)" }
        result["options"] = (own + [parameters["options"]].compactMap { $0 }).joined(separator: " ")
        return result
    }
}

extension String {
    /// The server splits `options` at white space; a backslash protects it.
    fileprivate var escapedForOptions: String {
        var result = ""
        for character in self {
            if character.isWhitespace || character == "\\" { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
