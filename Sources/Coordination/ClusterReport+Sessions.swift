extension ClusterReport {
    /// A line of the four-letter word `cons`: one connection of one server.
    struct Connection: Equatable {
        var client: String
        var server: String
        var session: Int64
        var timeout: Int64?
        var latency: Double?
        var queued: Int64?

        /// ` /10.0.0.4:51190[1](queued=0,recved=9,sent=9,sid=0x1000a,lop=PING,…,to=10000,…,avglat=0,maxlat=3)`; nil for one
        /// without a session, such as our own question.
        init?(_ line: Substring, server: String) {
            guard let slash = line.firstIndex(of: "/"), let bracket = line[slash...].firstIndex(of: "["),
                let open = line[bracket...].firstIndex(of: "(")
            else { return nil }
            var figures: [Substring: Substring] = [:]
            for pair in line[line.index(after: open)...].split(whereSeparator: { $0 == "," || $0 == ")" }) {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { figures[parts[0]] = parts[1] }
            }
            guard let sid = figures["sid"], sid.hasPrefix("0x"), let number = UInt64(sid.dropFirst(2), radix: 16)
            else { return nil }
            client = String(line[line.index(after: slash)..<bracket])
            self.server = server
            session = Int64(bitPattern: number)
            timeout = figures["to"].flatMap { Int64($0) }
            latency = figures["avglat"].flatMap { Double($0) }
            queued = figures["queued"].flatMap { Int64($0) }
        }
    }

    /// The sessions that stand for our processes, with what the servers tell of their connections.
    static func sessions(of owners: [Int64: [String]], _ connections: [Connection]) -> [Session] {
        owners.map { id, components in
            let connection = connections.first { $0.session == id }
            return Session(
                id: id, components: components.sorted(), client: connection?.client, server: connection?.server,
                timeout: connection?.timeout, latency: connection?.latency, queued: connection?.queued)
        }.sorted { ($0.components.first ?? "", $0.id) < ($1.components.first ?? "", $1.id) }
    }
}
