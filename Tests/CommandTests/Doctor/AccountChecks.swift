import ConnectorKit
import Coordination
import Domain
import Testing

@testable import Commands
@testable import Store

@Suite("doctor: accounts and their messengers")
struct AccountCheckTests {
    private static let now = Timestamp(seconds: 1_790_000_000)

    private static let status = AccountStatus(
        name: "support", kind: .telegram, enabled: true, holder: "c1", host: "h1", epoch: 4, leaseIsValid: true,
        lastPollAt: now.adding(.seconds(-20)), pausedUntil: nil, problem: nil, queuedLive: 0, queuedBulk: 0)

    private static func member(_ id: String) -> Component {
        Component(role: "connector", id: id, host: "h", port: 1, version: "1", started: now, account: "support")
    }

    private func judge(
        members: [String]? = ["c1", "c2"], queue: QueueHealth? = nil, _ change: (inout AccountStatus) -> Void = { _ in }
    ) -> [Diagnosis] {
        var status = Self.status
        change(&status)
        return AccountCheckup.judge(
            .init(status: status, queue: queue, members: members?.map(Self.member), now: Self.now, polls: true))
    }

    @Test("served by an active one and a standby")
    func fine() {
        #expect(judge().map(\.finding) == ["telegram, served by h1, epoch 4, 0 parts wait"])
        // Without ZooKeeper nobody knows of standbys, so nothing is said of them.
        #expect(judge(members: nil).map(\.level) == [.ok])
    }

    @Test("nobody serves it; nobody may; a standby is missing; the holder is a ghost")
    func serving() {
        func free(_ status: inout AccountStatus) { (status.holder, status.leaseIsValid) = (nil, false) }
        #expect(judge(members: []) { free(&$0) }[0].finding == "no connector serves it")
        #expect(judge(members: ["c2"]) { free(&$0) }[0].finding.contains("though 1 connectors try"))
        #expect(judge { $0.enabled = false }.map(\.level) == [.warning])
        #expect(judge(members: ["c1"])[0].finding == "no standby")
        #expect(judge(members: ["c2"])[0].finding.contains("not known to ZooKeeper"))
    }

    @Test("polls that bring no answer for minutes; a pause")
    func polls() {
        #expect(judge { $0.lastPollAt = Self.now.adding(.seconds(-700)) }[0].finding.contains("11 min ago"))
        #expect(judge { $0.lastPollAt = Self.now.adding(.seconds(-100)) }.map(\.level) == [.ok])
        let paused = judge { ($0.pausedUntil, $0.queuedLive) = (Self.now.adding(.seconds(3600)), 7) }
        #expect(paused.map(\.level) == [.warning] && paused[0].finding.contains("7 parts wait"))
    }

    @Test(
        "what the messenger says, and what to do about it",
        arguments: [
            ("Telegram refuses getMe: Unauthorized", "get a new token"),
            ("Telegram refuses getUpdates: Conflict: terminated by other getUpdates request", "another program polls"),
            (
                "Telegram refuses getUpdates: Conflict: can't use getUpdates method while webhook is active",
                "set a webhook"
            ),
            ("something new", "account check support"),
        ])
    func problems(_ problem: String, _ remedy: String) {
        let found = judge { $0.problem = problem }
        #expect(found.map(\.level) == [.failed] && found[0].finding == problem)
        #expect(found[0].remedy?.contains(remedy) == true)
    }

    @Test("a queue: stuck behind one chat, slow over all, overdue, and young")
    func queues() {
        var queue = QueueHealth(account: "support")
        (queue.queued, queue.age, queue.oldest) = (10, 20, "77")
        #expect(judge(queue: queue).map(\.level) == [.ok])
        queue.age = 300
        #expect(judge(queue: queue)[0].remedy?.contains("eralink trace 77") == true)
        (queue.longestChat, queue.longestCount, queue.reason) = ("42", 9, "Internal Server Error")
        #expect(judge(queue: queue)[0].finding.contains("9 of them behind chat 42 (Internal Server Error)"))
        queue.chatHeldFor = 60
        #expect(judge(queue: queue)[0].finding.contains("wants nothing for it for 60 s more"))
        queue = QueueHealth(account: "support")
        queue.overdue = 2
        #expect(judge(queue: queue)[0].finding.contains("past their deadline"))
    }

    // MARK: the messenger

    private func messenger(
        _ result: Result<MessengerIdentity, ConnectorFailure>, pushes: Bool = false, url: String? = nil,
        reach: MessengerCheck.Reach? = nil
    ) -> [Diagnosis] {
        MessengerCheck.judge(.init(account: "support", result: result, pushes: pushes, webhookURL: url, reach: reach))
    }

    private func identity(webhook: String) -> Result<MessengerIdentity, ConnectorFailure> {
        .success(MessengerIdentity(externalID: "1", name: "desk_bot", facts: ["webhook": webhook]))
    }

    @Test("a messenger that is polled: fine, with somebody's webhook, refusing, silent, throttling")
    func polled() {
        #expect(messenger(identity(webhook: "none")).map(\.level) == [.ok])
        #expect(messenger(identity(webhook: "https://rival"))[0].finding.contains("https://rival"))
        let refused = messenger(.failure(.init(.refused, "Telegram refuses getMe: Unauthorized")))
        #expect(refused[0].level == .failed && refused[0].remedy?.contains("get a new token") == true)
        #expect(messenger(.failure(.init(.unavailable, "no answer")))[0].remedy?.contains("http.client.proxy") == true)
        #expect(messenger(.failure(.init(.throttled(.seconds(5)), "too often")))[0].level == .warning)
    }

    @Test(
        "a messenger that pushes: our address is missing, unreachable, answers wrongly, is not set, is another's; no secret is shown"
    )
    func pushed() {
        let url = "https://us.example/webhooks/support/SECRET"
        #expect(messenger(identity(webhook: "set"), pushes: true, url: url, reach: .status(200)).map(\.level) == [.ok])
        #expect(messenger(identity(webhook: "none"), pushes: true)[0].finding.contains("public_url is not set"))
        let unreachable = messenger(identity(webhook: "set"), pushes: true, url: url, reach: .failed("refused"))
        #expect(unreachable[0].level == .failed && unreachable[0].finding.contains("refused"))
        let lost = messenger(identity(webhook: "set"), pushes: true, url: url, reach: .status(404))
        #expect(lost[0].remedy?.contains("/webhooks/support/") == true)
        #expect(
            messenger(identity(webhook: "none"), pushes: true, url: url, reach: .status(200))[0].finding.contains(
                "no webhook"))
        #expect(
            messenger(identity(webhook: "another"), pushes: true, url: url, reach: .status(200))[0].finding.contains(
                "is not ours"))
        for found in [unreachable, lost] { #expect(!"\(found)".contains("SECRET")) }
    }
}
