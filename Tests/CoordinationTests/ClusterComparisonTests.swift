import Domain
import Testing

@testable import Coordination

@Suite("The report beside the database")
struct ClusterComparisonTests {
    private static func component(_ id: String) -> Component {
        Component(
            role: "connector", id: id, host: "h", port: 1, version: "1", started: Timestamp(microseconds: 0),
            account: "shop")
    }

    private static func row(enabled: Bool = true, holder: String?) -> ClusterReport.LeaseRow {
        .init(account: "shop", kind: "telegram", enabled: enabled, holder: holder, host: "h1", epoch: 3)
    }

    private func report(candidates: [String], registered: [String]) -> ClusterReport {
        var report = ClusterReport(quorum: true, members: [])
        report.components = registered.map(Self.component)
        if !candidates.isEmpty { report.leases = [.init(account: "shop", candidates: candidates)] }
        report.findings = report.findingsOnEralink().filter { $0.text.contains("standby") }
        return report
    }

    @Test(
        "leases beside the candidates",
        arguments: [
            (["a", "b"], ["a", "b"], row(holder: "a"), nil),
            (["a"], ["a"], row(holder: "a"), "account shop has no standby"),
            (["a", "b"], ["a", "b"], row(holder: "ghost"), "which ZooKeeper does not know"),
            ([], [], row(holder: nil), "nobody serves account shop"),
            (["a", "b"], ["a", "b"], row(holder: nil), "nobody holds the lease of account shop, though 2 try"),
            ([], [], row(enabled: false, holder: nil), nil),
        ] as [([String], [String], ClusterReport.LeaseRow, String?)])
    func leases(_ candidates: [String], _ registered: [String], _ row: ClusterReport.LeaseRow, _ words: String?) {
        var report = report(candidates: candidates, registered: registered)
        report.compare(with: [row])
        #expect(report.leases.map(\.account) == ["shop"])
        #expect(report.leases[0].row == row && report.leases[0].candidates == candidates)
        #expect(report.findings.count == (words == nil ? 0 : 1))
        if let words { #expect(report.findings[0].text.contains(words) && !report.findings[0].remedy.isEmpty) }
    }

    @Test("candidates of an account that the database does not have belong to another installation")
    func strangers() {
        var report = report(candidates: ["a", "b"], registered: [])
        report.compare(with: [ClusterReport.LeaseRow]())
        #expect(report.findings.map(\.text) == ["candidates stand for account shop, which the database does not have"])
    }

    @Test("without a quorum the rows are shown, and nothing is concluded from the candidates that are not seen")
    func noQuorum() {
        var report = ClusterReport(quorum: false, members: [])
        report.compare(with: [Self.row(holder: "a")])
        #expect(report.leases.map(\.row?.holder) == ["a"])
        #expect(report.findings.isEmpty)
    }

    @Test("signals: a short lag is none, a long one is told, one ahead of the database is somebody else's")
    func signals() {
        var report = ClusterReport(quorum: true, members: [])
        report.signals = [
            .init(name: "inbox", position: 4, changedAt: 0), .init(name: "events", position: 9, changedAt: 0),
            .init(name: "outbox/shop", position: 1, changedAt: 0),
        ]
        report.compare(with: ["inbox": .init(count: 3, age: 400), "events": .init(count: 0, age: 0)])
        #expect(report.findings.isEmpty && report.signals.map(\.lag?.count) == [3, 0, nil])
        report.compare(with: ["inbox": .init(count: 3, age: 9000)])
        #expect(report.findings.map(\.text) == ["signal inbox lags: nobody rang for 3 for 9 s"])
        report.compare(with: ["events": .init(count: 0, age: 0, isAhead: true)])
        #expect(report.findings.last?.level == .error)
    }

    @Test("a connection of the word cons")
    func connection() throws {
        let line =
            " /10.0.0.4:51190[1](queued=2,recved=9,sent=9,sid=0x10001326c250001,lop=PING,est=1,to=10000,lcxid=0x5,lzxid=0x1f,lresp=2,llat=0,minlat=0,avglat=0.5,maxlat=3)"
        let connection = try #require(ClusterReport.Connection(line[...], server: "zk1:2181"))
        #expect(connection.client == "10.0.0.4:51190" && connection.session == 0x1_0001_326c_250001)
        #expect(connection.timeout == 10_000 && connection.latency == 0.5 && connection.queued == 2)
        #expect(ClusterReport.Connection(" /127.0.0.1:4567[0](queued=0,recved=1,sent=0)", server: "x") == nil)
        let sessions = ClusterReport.sessions(of: [connection.session: ["chat a"], 7: ["loader b"]], [connection])
        #expect(sessions.map(\.components) == [["chat a"], ["loader b"]])
        #expect(sessions.map(\.client) == ["10.0.0.4:51190", nil])
    }
}
