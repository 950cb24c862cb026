extension ClusterReport.Member {
    /// Asks each host `srvr`, all at once.
    static func ask(_ hosts: [String], within limit: Duration) async -> [Self] {
        await answers("srvr", hosts, within: limit).map { Self(address: $0, answer: $1) }
    }

    /// Asks these servers for their connections; none where that is not allowed.
    static func connections(of hosts: [String], within limit: Duration) async -> [ClusterReport.Connection] {
        await answers("cons", hosts, within: limit).flatMap { host, answer -> [ClusterReport.Connection] in
            guard case .text(let text) = answer else { return [] }
            return text.split(separator: "\n").compactMap { ClusterReport.Connection($0, server: host) }
        }
    }

    /// Asks each host a word, all at once; in the order of the hosts.
    private static func answers(
        _ word: String, _ hosts: [String], within limit: Duration
    ) async -> [(String, FourLetterWord.Answer)] {
        await withTaskGroup(of: (Int, FourLetterWord.Answer).self) { group in
            for (index, host) in hosts.enumerated() {
                group.addTask { (index, await ask(word, host, within: limit)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
                .map { (hosts[$0.0], $0.1) }
        }
    }

    private static func ask(_ word: String, _ address: String, within limit: Duration) async -> FourLetterWord.Answer {
        let colon = address.lastIndex(of: ":") ?? address.endIndex
        let host = address[..<colon].trimmingPrefix("[").prefix { $0 != "]" }
        let port = address[colon...].dropFirst()
        let answer = await offPool(within: limit + .milliseconds(200)) {
            FourLetterWord.ask(word, host: String(host), port: String(port), until: ContinuousClock.now + limit)
        }
        return answer ?? .none("its name is not resolved in time")
    }

    init(address: String, answer: FourLetterWord.Answer) {
        self.address = address
        switch answer {
        case .none(let reason):
            error = reason
        case .text(let text) where text.contains("not in the whitelist"):
            isSilent = true
        case .text(let text) where text.contains("not currently serving"):
            error = "up, but not serving: it sees no majority"
        case .text(let text):
            read(text)
        }
    }

    private mutating func read(_ text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "Mode": mode = String(parts[1])
            case "Zookeeper version": version = String(parts[1].prefix { $0 != "-" && $0 != "," && $0 != " " })
            case "Outstanding": outstanding = Int64(parts[1])
            case "Connections": connections = Int64(parts[1])
            case "Latency min/avg/max":
                let figures = parts[1].split(separator: "/")
                if figures.count == 3 { latency = Double(figures[1]) }
            default: break
            }
        }
        if mode == nil {
            error = "answers, but not as ZooKeeper does"
            isStrange = true
        }
    }
}
