import Coordination
import Domain
import Store

/// How one account is served.
enum AccountCheckup {
    struct Facts: Sendable {
        var status: AccountStatus
        var queue: QueueHealth?
        /// Ids of the connectors that ZooKeeper knows; nil where it was not to be asked.
        var members: [Component]?
        var now: Timestamp
        /// Whether it fetches by polling: then a poll must not be long ago.
        var polls: Bool

        init(status: AccountStatus, queue: QueueHealth?, members: [Component]?, now: Timestamp, polls: Bool) {
            self.status = status
            self.queue = queue
            self.members = members
            self.now = now
            self.polls = polls
        }
    }

    /// Longer than the longest of polls, and a few of the messenger's failures.
    private static let longPoll = 180.0

    static func judge(_ facts: Facts) -> [Diagnosis] {
        let status = facts.status
        let check = "account \(status.name)"
        guard status.enabled else {
            return [
                .warning(
                    check, "disabled; \(status.queuedLive + status.queuedBulk) parts wait",
                    "eralink account enable \(status.name)")
            ]
        }
        var found = serving(facts, check)
        if let problem = status.problem {
            found.append(.failed(check, problem, remedy(for: problem, account: status.name)))
        }
        if let until = status.pausedUntil {
            found.append(
                .warning(
                    check,
                    "the messenger wants nothing until \(until): \(status.queuedLive + status.queuedBulk) parts wait",
                    "wait; lower the rate if it comes again: eralink account set \(status.name) rate=N"))
        }
        if let queue = facts.queue { found += judge(queue, check, isPaused: status.pausedUntil != nil) }
        guard found.isEmpty else { return found }
        let queued = status.queuedLive + status.queuedBulk
        return [
            .ok(
                check,
                "\(status.kind.rawValue), served by \(status.host ?? "?"), epoch \(status.epoch), \(queued) parts wait")
        ]
    }

    private static func serving(_ facts: Facts, _ check: String) -> [Diagnosis] {
        let status = facts.status
        let command = "eralink connector run \(status.kind.rawValue) --account \(status.name)"
        guard status.leaseIsValid, let holder = status.holder else {
            let tries = facts.members.map { $0.count } ?? 0
            return [
                tries == 0
                    ? .failed(check, "no connector serves it", "start two, on different hosts: \(command)")
                    : .failed(
                        check, "nobody holds its lease, though \(tries) connectors try",
                        "look at their logs: they do not reach the database, or cannot open the secret")
            ]
        }
        var found: [Diagnosis] = []
        if let members = facts.members {
            if !members.contains(where: { $0.id == holder }) {
                found.append(
                    .warning(
                        check, "the lease's holder \(holder) at \(status.host ?? "?") is not known to ZooKeeper",
                        "if it died, the lease passes on within zookeeper.session_timeout; else look at its network"))
            } else if members.count < 2 {
                found.append(.warning(check, "no standby", "start a second one on another host: \(command)"))
            }
        }
        if facts.polls, status.problem == nil {
            let age = status.lastPollAt.map { Double(facts.now.microseconds - $0.microseconds) / 1e6 }
            if let age, age > longPoll {
                found.append(
                    .failed(
                        check, "the last poll that brought an answer was \(Int(age / 60)) min ago",
                        "look at its connector's log: the messenger does not answer (network, http.client.proxy)"))
            }
        }
        return found
    }

    private static func judge(_ queue: QueueHealth, _ check: String, isPaused: Bool) -> [Diagnosis] {
        var found: [Diagnosis] = []
        if queue.overdue > 0 {
            found.append(
                .warning(
                    check, "\(queue.overdue) parts are being sent past their deadline",
                    "nobody settles them: see \"eralink connector status\", start a connector"))
        }
        guard queue.age > 30, !isPaused else { return found }
        let waits = "\(queue.queued) parts wait, the oldest for \(Int(queue.age)) s"
        let trace = queue.oldest.map { "; eralink trace \($0)" } ?? ""
        if let chat = queue.longestChat, queue.longestCount * 10 >= queue.queued * 8 {
            let why =
                queue.chatHeldFor > 0
                ? "the messenger wants nothing for it for \(Int(queue.chatHeldFor)) s more"
                : queue.reason ?? "its first one is being retried"
            found.append(
                .warning(
                    check, "\(waits): \(queue.longestCount) of them behind chat \(chat) (\(why))",
                    "other chats go on; cancel what stands first if it is poisonous\(trace)"))
        } else {
            found.append(
                .warning(
                    check, "\(waits)\(queue.reason.map { " (\($0))" } ?? "")",
                    "look at its connector's log and at the rate of the account\(trace)"))
        }
        return found
    }

    /// What an admin does about what the messenger says of an account.
    static func remedy(for problem: String, account: String) -> String {
        let text = problem.lowercased()
        if text.contains("webhook") {
            return
                "somebody set a webhook with the same token: end that program, or make a new token; we remove it and go on"
        }
        if text.contains("other getupdates") || text.contains("conflict") || text.contains("terminated by") {
            return "another program polls with the same token: end it, or make a new token and give it to us alone"
        }
        if text.contains("unauthorized") || text.contains("not found") || text.contains("token") || text.contains("401")
        {
            return "get a new token at the messenger: eralink account set \(account) --token-file FILE"
        }
        return "see \"eralink account check \(account)\" and its connector's log"
    }
}
