import Domain
import Synchronization
import Web

/// The sessions that this server cut because of how their clients behave, by agent: for an admin who looks for a client that
/// reads nothing, or floods.
final class SessionCuts: Sendable {
    struct Key: Hashable {
        var agent: String
        var code: String
    }

    struct Cut {
        var count = 0
        var last = Timestamp(microseconds: 0)
    }

    /// Agents remembered at most; more are not told apart.
    private static let limit = 1000

    private let cuts = Mutex<[Key: Cut]>([:])

    /// Codes that say something about the client.
    static func isTelling(_ end: WebSocketEnd) -> Bool {
        guard end.by == .us, let code = end.code else { return false }
        return [.tooSlow, .noPong, .tooMuchInFlight].contains(code)
    }

    func add(_ agent: String, _ code: WebSocketCloseCode, at now: Timestamp) {
        cuts.withLock { cuts in
            var key = Key(agent: agent, code: code.description)
            if cuts[key] == nil, cuts.count >= Self.limit { key.agent = "others" }
            cuts[key, default: Cut()].count += 1
            cuts[key]?.last = now
        }
    }

    var counts: [MetricSample] {
        cuts.withLock { $0.map { MetricSample([$0.key.agent, $0.key.code], Double($0.value.count)) } }
    }

    var times: [MetricSample] {
        cuts.withLock {
            $0.map { MetricSample([$0.key.agent, $0.key.code], Double($0.value.last.milliseconds) / 1000) }
        }
    }
}
