extension ClusterReport.Member {
    /// Asks each host `srvr`, all at once.
    static func ask(_ hosts: [String], within limit: Duration) async -> [Self] {
        await withTaskGroup(of: (Int, Self).self) { group in
            for (index, host) in hosts.enumerated() {
                group.addTask { (index, await ask(host, within: limit)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func ask(_ address: String, within limit: Duration) async -> Self {
        let colon = address.lastIndex(of: ":") ?? address.endIndex
        let host = address[..<colon].trimmingPrefix("[").prefix { $0 != "]" }
        let port = address[colon...].dropFirst()
        let answer = await offPool(within: limit + .milliseconds(200)) {
            FourLetterWord.ask("srvr", host: String(host), port: String(port), until: ContinuousClock.now + limit)
        }
        return Self(address: address, answer: answer ?? .none("its name is not resolved in time"))
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
            case "Latency min/avg/max":
                let figures = parts[1].split(separator: "/")
                if figures.count == 3 { latency = Double(figures[1]) }
            default: break
            }
        }
        if mode == nil { error = "answers, but not as ZooKeeper does" }
    }
}
