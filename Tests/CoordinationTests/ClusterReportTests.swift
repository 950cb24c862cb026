import JSON
import Sandbox
import TestSupport
import Testing
import ZooKeeper

@testable import Coordination

@Suite("The report on the cluster", .timeLimit(.minutes(2)))
struct ClusterReportTests {
    @Test("a server with everything on it")
    func whole() async throws {
        let connect = try await TestZooKeeper.connect()
        let members = try (0..<2).map { _ in try ZooKeeperCoordination.member(connect) }
        try await running(members) {
            members[0].announce(.sample("c0"))
            members[1].announce(.sample("c1"))
            members[0].announce(.sample("chat1", account: nil))
            let first = Standing(members[0].candidacy(account: "shop", id: "c0"))
            try await eventually { first.isLeading }
            let second = Standing(members[1].candidacy(account: "shop", id: "c1"))
            members[0].ring(.inbox, position: 41)
            members[0].ring(.outbox(account: "shop"), position: 42)
            try await eventually("the report never became whole") {
                let report = await ClusterReport.gather(try ZooKeeperConfiguration(connect: connect), logger: .quiet)
                return report.quorum && report.components.map(\.id) == ["chat1", "c0", "c1"]
                    && report.leases == [.init(account: "shop", candidates: ["c0", "c1"])]
                    && report.signals.map(\.name) == ["inbox", "outbox/shop"]
                    && report.signals.map(\.position) == [41, 42]
            }
            #expect(!second.isLeading)
            let report = await ClusterReport.gather(try ZooKeeperConfiguration(connect: connect), logger: .quiet)
            #expect(report.members.map(\.mode) == ["standalone"])
            #expect(report.members[0].version?.hasPrefix("3.") == true)
            let findings = report.findings.map(\.text)
            #expect(findings.contains { $0.contains("single server") })
            #expect(!findings.contains { $0.contains("chat server") || $0.contains("standby") })
            #expect(
                report.sessions.flatMap(\.components).sorted() == [
                    "chat chat1", "connector shop c0", "connector shop c1",
                ])
            #expect(report.sessions.allSatisfy { $0.client != nil && $0.timeout != nil })
            #expect(report.branches.map(\.path) == ["/components", "/leases", "/signals"])
            #expect(report.branches.allSatisfy { $0.bytes > 0 && !$0.isCut })
        }
    }

    @Test("an ensemble, whole, then by half, then none: always within five seconds, with quorum told right")
    func ensemble() async throws {
        try await TestZooKeeper.withServer(members: 3) { zooKeeper in
            let configuration = try ZooKeeperConfiguration(connect: "\(zooKeeper.connect)/eralink")
            let whole = try await gather(configuration)
            #expect(whole.quorum)
            #expect(whole.members.compactMap(\.mode).sorted() == ["follower", "follower", "leader"])
            #expect(whole.findings.map(\.text).contains("no chat server is registered"))
            #expect(!whole.findings.contains { $0.level == .error })

            await zooKeeper.members[0].pause()
            let hanging = try await gather(configuration)
            #expect(hanging.members[0].error?.contains("no answer") == true)
            zooKeeper.members[0].resume()

            await zooKeeper.members[0].kill()
            try await eventually {
                let report = try await gather(configuration)
                return report.quorum && report.members[0].error == "connection refused"
                    && report.members.filter { $0.mode != nil }.count == 2
            }
            await zooKeeper.members[1].kill()
            try await eventually { try await gather(configuration).members[2].error?.contains("majority") == true }
            let half = try await gather(configuration)
            #expect(!half.quorum)
            #expect(half.findings.first?.level == .error)
            #expect(half.findings.allSatisfy { !$0.remedy.isEmpty })
            await zooKeeper.members[2].kill()
            let none = try await gather(configuration)
            #expect(!none.quorum && none.findings.count == 4)
        }
    }

    @Test("a name without an address is told as such")
    func unresolvable() async throws {
        let report = try await gather(try ZooKeeperConfiguration(connect: "no-such-host.invalid:2181"))
        #expect(!report.quorum)
        #expect(
            report.members[0].error?.contains("address") == true
                || report.members[0].error?.contains("resolved") == true)
    }

    @Test(
        "answers to srvr",
        arguments: [
            ("srvr is not executed because it is not in the whitelist.\n", nil, nil),
            ("This ZooKeeper instance is not currently serving requests\n", nil, "majority"),
            ("SSH-2.0-OpenSSH\n", nil, "not as"),
            (
                "Zookeeper version: 3.8.0-1, built\nLatency min/avg/max: 0/1.5/9\nOutstanding: 3\nMode: leader\nNode count: 5\n",
                "leader", nil
            ),
        ] as [(String, String?, String?)])
    func srvr(_ text: String, _ mode: String?, _ error: String?) {
        let member = ClusterReport.Member(address: "a:1", answer: .text(text))
        #expect(member.mode == mode)
        #expect((member.error == nil) == (error == nil))
        if let error { #expect(member.error?.contains(error) == true) }
        if mode != nil { #expect(member.latency == 1.5 && member.outstanding == 3 && member.version == "3.8.0") }
    }

    @Test("the form that programs read")
    func json() throws {
        var report = ClusterReport(quorum: true, members: [.init(address: "a:1", answer: .none("connection refused"))])
        report.leases = [.init(account: "shop", candidates: ["c0"])]
        report.signals = [.init(name: "inbox", position: 4, changedAt: 1_790_000_000_123)]
        report.findings = [.init(level: .warning, text: "t", remedy: "r")]
        let text = String(decoding: JSONWriter.bytes(of: report), as: UTF8.self)
        #expect(
            text
                == #"{"quorum":true,"members":[{"address":"a:1","mode":null,"version":null,"latency_ms":null,"outstanding":null,"#
                + #""connections":null,"error":"connection refused"}],"sessions":[],"components":[],"leases":[{"account":"shop","#
                + #""candidates":["c0"],"holder":null,"epoch":null}],"signals":[{"name":"inbox","position":4,"#
                + #""changed_at":"2026-09-21T14:13:20.123Z","lag":null}],"tree":[],"#
                + #""findings":[{"level":"warning","text":"t","remedy":"r"}]}"#)
    }

    private func gather(_ configuration: ZooKeeperConfiguration) async throws -> ClusterReport {
        let clock = ContinuousClock()
        let start = clock.now
        let report = await ClusterReport.gather(configuration, logger: .quiet)
        #expect(clock.now - start < .milliseconds(5500))
        return report
    }
}
