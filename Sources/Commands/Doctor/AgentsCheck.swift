import Domain

/// Agents whose programs harm: those that send more than anybody could mean, and those that do not read what they are sent.
enum AgentsCheck {
    /// A session that a ChatServer cut, as its metrics tell.
    struct Cut: Sendable, Equatable {
        var agent: String
        var code: String
        var count: Int
        /// Seconds since the last one.
        var age: Double
    }

    /// Messages a minute: ten people's, or a bot's that has gone wrong.
    private static let flood = 600
    private static let recent = 600.0

    static func judge(busiest: [(agent: String, sent: Int)], cuts: [Cut]) -> [Diagnosis] {
        var found = busiest.filter { $0.sent > flood }.map { agent, sent in
            Diagnosis.warning(
                "agents", "\(agent) sent \(sent) messages within a minute",
                "ask whose program it is; \"eralink token revoke \(agent)\" ends its sessions within seconds")
        }
        for cut in cuts.filter({ $0.age < recent }).sorted(by: { ($0.agent, $0.code) < ($1.agent, $1.code) }) {
            let times = cut.count == 1 ? "a session" : "\(cut.count) sessions"
            let when = "the last one \(Int(cut.age)) s ago"
            switch cut.code {
            case "4013":
                found.append(
                    .warning(
                        "agents", "\(cut.agent) floods: \(times) cut with 1000 requests in flight, \(when)",
                        "its client must wait for answers; \"eralink token revoke \(cut.agent)\" ends it within seconds"
                    ))
            default:
                found.append(
                    .warning(
                        "agents", "\(cut.agent) is slow: \(times) cut for taking nothing (\(cut.code)), \(when)",
                        "look at its client or network; it resumes from its cursor and loses nothing, others do not wait for it"
                    ))
            }
        }
        return found.isEmpty ? [.ok("agents", "nobody floods, nobody falls behind")] : found
    }

    /// Reads `eralink_sessions_cut_…{agent="anna",code="4008"} 3` of a ChatServer's metrics.
    static func cuts(in metrics: String, now: Timestamp) -> [Cut] {
        var cuts: [String: Cut] = [:]
        for line in metrics.split(separator: "\n") {
            guard let match = line.wholeMatch(of: /eralink_sessions_cut_(total|timestamp_seconds)\{(.*)\} (\S+)/),
                let number = Double(match.3)
            else { continue }
            let labels = String(match.2)
            guard let parts = labels.wholeMatch(of: /agent="(.*)",code="(.*)"/) else { continue }
            var cut = cuts[labels] ?? Cut(agent: String(parts.1), code: String(parts.2), count: 0, age: .infinity)
            if match.1 == "total" {
                cut.count = Int(number)
            } else {
                cut.age = Double(now.milliseconds) / 1000 - number
            }
            cuts[labels] = cut
        }
        return cuts.values.sorted { ($0.agent, $0.code) < ($1.agent, $1.code) }
    }
}
