import Domain
import Testing

@testable import Commands
@testable import Coordination
@testable import Store

@Suite("doctor: the installation")
struct InstallationCheckTests {
    private let now = Timestamp(seconds: 1_790_000_000)

    @Test("settings: problems fail, warnings warn, a missing database fails")
    func settings() {
        var loaded = LoadedSettings()
        #expect(SettingsCheck.judge(problems: [], loaded).map(\.finding) == ["database.url is not set"])
        loaded.warnings = ["unknown variable ERALINK_X is ignored"]
        let found = SettingsCheck.judge(
            problems: [EralinkError(.invalidParams, "e.yaml:1: unknown setting \"database.ulr\"")], loaded)
        #expect(found.map(\.level) == [.failed, .warning, .failed])
    }

    @Test("the key: none, closed for some, closed for all, right")
    func key() {
        let missing = KeyCheck.judge(
            path: "k", key: EralinkError(.internal, "the key file k does not exist; restore it"), opened: [])
        #expect(missing[0].level == .failed && missing[0].finding == "the key file k does not exist")
        #expect(missing[0].remedy == "restore it")
        let wrong = EralinkError(.internal, "cannot be opened")
        #expect(
            KeyCheck.judge(path: "k", key: nil, opened: [("a", wrong), ("b", nil)])[0].finding
                == "k does not open the secrets of a")
        #expect(KeyCheck.judge(path: "k", key: nil, opened: [("a", wrong)])[0].finding.hasSuffix("of every account"))
        #expect(
            KeyCheck.judge(path: "k", key: nil, opened: [("a", nil)])[0].finding == "k opens the secret of 1 account")
    }

    @Test(
        "clocks: within a second and the blur all is well, past half a minute it fails",
        arguments: [(0.4, .ok), (-0.9, .ok), (3, .warning), (-3, .warning), (31, .failed), (-300, .failed)]
            as [(Double, Diagnosis.Level)])
    func clock(_ seconds: Double, _ level: Diagnosis.Level) {
        let found = ClockCheck.judge(against: "the database", offset: .seconds(seconds), blur: .milliseconds(10))
        #expect(found.level == level)
        if level != .ok {
            #expect(found.finding.contains(seconds < 0 ? "ahead of the database" : "behind the database"))
        }
    }

    @Test("an offset is taken from the middle of question and answer")
    func offset() {
        let asked = now
        let answered = now.adding(.milliseconds(200))
        #expect(ClockCheck.offset(of: now.adding(.milliseconds(1100)), asked: asked, answered: answered) == .seconds(1))
    }

    @Test(
        "HTTP dates",
        arguments: [
            ("Wed, 25 Nov 2026 07:14:45 GMT", "2026-11-25T07:14:45.000Z"), ("Wed, 25 Nov 2026 07:14:45 +0300", nil),
            ("nonsense", nil), ("Wed, 5 Nov 2026 07:14:45 GMT", nil),
        ])
    func httpDate(_ text: String, _ time: String?) { #expect(ClockCheck.httpDate(text)?.description == time) }

    @Test("disks: full, getting full, large and getting full, out of inodes")
    func disk() {
        func judge(_ free: Int64, of total: Int64, nodes: Int64 = 50) -> Diagnosis {
            DiskCheck.judge([.init(path: "/d", freeBytes: free, totalBytes: total, freeNodes: nodes, totalNodes: 100)])[
                0]
        }
        #expect(judge(500 << 30, of: 1000 << 30).level == .ok)
        #expect(judge(10 << 20, of: 10 << 30).level == .failed)
        #expect(judge(800 << 20, of: 10 << 30).level == .warning)
        #expect(judge(90 << 30, of: 1000 << 30).level == .ok)
        #expect(judge(500 << 30, of: 1000 << 30, nodes: 0).level == .warning)
        #expect(DiskCheck.look("/")?.totalBytes ?? 0 > 0)
        #expect(DiskCheck.look("/nonexistent") == nil)
    }

    @Test("descriptors")
    func limits() {
        #expect(ProcessCheck.judge(descriptors: 65_536, sessions: 20_000).level == .ok)
        #expect(ProcessCheck.judge(descriptors: 20_000, sessions: 20_000).remedy?.contains("LimitNOFILE=24296") == true)
        #expect(ProcessCheck.judge(descriptors: 256, sessions: 10).level == .failed)
        #expect(ProcessCheck.descriptors() > 0)
    }

    @Test("daemons: ready, not ready, silent, without ZooKeeper")
    func services() {
        let chat = Component(role: "chat", id: "c", host: "h", port: 1, version: "1", started: now)
        func judge(_ status: Int?, _ down: [String] = [], _ reason: String? = nil) -> Diagnosis? {
            ServicesCheck.judge([.init(component: chat, status: status, down: down, reason: reason)]).first
        }
        #expect(judge(200)?.finding == "1 chat: all ready")
        #expect(judge(200, ["zookeeper is down"])?.level == .warning)
        #expect(judge(503, ["database is down"])?.finding == "chat at h:1 is not ready: database is down")
        #expect(judge(nil, [], "refused")?.level == .warning)
        #expect(ServicesCheck.judge([]).isEmpty)
    }

    @Test("ZooKeeper's findings are checks; without the setting it is a warning")
    func zooKeeper() {
        #expect(ZooKeeperCheck.judge(nil).map(\.level) == [.warning])
        var report = ClusterReport(quorum: true, members: [])
        #expect(ZooKeeperCheck.judge(report).map(\.level) == [.ok])
        report.findings = [
            .init(level: .error, text: "t", remedy: "r"), .init(level: .warning, text: "u", remedy: "s"),
        ]
        #expect(ZooKeeperCheck.judge(report).map(\.level) == [.failed, .warning])
        report.findings[0].account = "support"
        #expect(ZooKeeperCheck.judge(report, accounts: ["support"]).map(\.finding) == ["u"])
        #expect(ZooKeeperCheck.judge(report, accounts: ["news"]).count == 2)
    }

    @Test("tokens that end within a week")
    func tokens() {
        func token(_ name: String, days: Int64?) -> TokenRecord {
            TokenRecord(
                id: 1, name: name, scopes: [.agent], accounts: nil, createdAt: now,
                expiresAt: days.map { now.adding(.seconds($0 * 86_400)) }, revokedAt: nil)
        }
        #expect(TokensCheck.judge([], now: now)[0].level == .warning)
        #expect(
            TokensCheck.judge([token("a", days: nil), token("b", days: 30), token("c", days: -1)], now: now)[0].finding
                == "2 live")
        #expect(TokensCheck.judge([token("a", days: 3)], now: now)[0].finding.contains("a on 2026"))
    }

    @Test("files that do not come; a young one may")
    func files() {
        var file = FileHealth(account: "support", pending: 2, age: 30, reason: nil, message: nil)
        #expect(FilesCheck.judge([]).map(\.finding) == ["none pending"])
        #expect(FilesCheck.judge([file]).map(\.finding) == ["2 pending"])
        (file.age, file.reason, file.message) = (300, "no answer", "77")
        let found = FilesCheck.judge([file])[0]
        #expect(
            found.level == .warning && found.finding.hasPrefix("support: 2 files are not fetched, the oldest for 300 s")
        )
        #expect(found.finding.contains("(no answer)") && found.finding.contains("message 77"))
    }

    @Test("agents that flood, and those that read nothing; what is long ago is no warning")
    func agents() {
        #expect(AgentsCheck.judge(busiest: [("anna", 600)], cuts: []).map(\.level) == [.ok])
        #expect(AgentsCheck.judge(busiest: [("anna", 601)], cuts: [])[0].remedy?.contains("token revoke anna") == true)
        let cuts = AgentsCheck.cuts(
            in: """
                # TYPE eralink_sessions_cut_total gauge
                eralink_sessions_cut_total{agent="anna",code="4008"} 2
                eralink_sessions_cut_timestamp_seconds{agent="anna",code="4008"} 1789999970.5
                eralink_sessions_cut_total{agent="bot 7",code="4013"} 1
                eralink_sessions_cut_timestamp_seconds{agent="bot 7",code="4013"} 1789990000
                eralink_sessions 4
                """, now: now)
        #expect(
            cuts == [
                .init(agent: "anna", code: "4008", count: 2, age: 29.5),
                .init(agent: "bot 7", code: "4013", count: 1, age: 10_000),
            ])
        let found = AgentsCheck.judge(busiest: [], cuts: cuts)
        #expect(found.count == 1 && found[0].finding.contains("anna is slow: 2 sessions cut"))
    }
}
