import Domain
import Postgres
import Testing

@testable import Commands
@testable import Store

@Suite("doctor: the database")
struct DatabaseCheckTests {
    @Test(
        "why it cannot be reached, and what to do",
        arguments: [
            ("db1:5432: Connection refused", "start PostgreSQL there"),
            ("db1:5432: password authentication failed for user \"x\"", "user and password"),
            ("db1:5432: database \"x\" does not exist", "create the database"),
            ("sorry, too many clients already", "max_connections"),
            ("session is read-only", "promote a standby"),
            ("timeout expired", "look whether the host is up"),
        ])
    func unreachable(_ reason: String, _ remedy: String) {
        let found = DatabaseCheck.judge(
            reach: "db1:5432/eralink", EralinkError(.unavailable, "the database is not available: \(reason)"))
        #expect(found.level == .failed)
        // libpq names the host where there is one to name.
        #expect(found.finding == (reason.hasPrefix("db1:") ? reason : "db1:5432/eralink: \(reason)"))
        #expect(found.remedy?.contains(remedy) == true)
    }

    @Test("a healthy one is one line")
    func healthy() {
        let found = DatabaseCheck.judge(.healthy, endpoint: "db1:5432/eralink", roundTrip: .microseconds(1240))
        #expect(found.map(\.level) == [.ok])
        #expect(found[0].finding == "PostgreSQL 15.4 at db1:5432/eralink, 1.2 ms, 9.6 MB, 8 of 100 connections")
    }

    @Test(
        "what is amiss with a server that answers",
        arguments: [
            (.but { $0.isReplica = true }, "takes no writes", .failed),
            (.but { $0.version = "13.9" }, "older than 14", .warning),
            (.but { $0.connections = 81 }, "81 of 100", .warning),
            (.but { $0.oldestTransaction = 601 }, "10 min", .warning),
            (.but { $0.autovacuum = false }, "autovacuum is off", .warning),
        ] as [(DatabaseHealth, String, Diagnosis.Level)])
    func amiss(_ health: DatabaseHealth, _ words: String, _ level: Diagnosis.Level) {
        let found = DatabaseCheck.judge(health, endpoint: "db1", roundTrip: .milliseconds(1))
        #expect(found.count == 1 && found[0].level == level)
        #expect(found[0].finding.contains(words) && found[0].remedy != nil)
    }

    @Test("the schema: current, old, new, empty")
    func schema() {
        #expect(DatabaseCheck.judge(schema: SchemaStatus(version: 2, needed: 2)).level == .ok)
        let old = DatabaseCheck.judge(schema: SchemaStatus(version: 1, needed: 2))
        #expect(old.level == .failed && old.remedy == "run \"eralink db migrate\"")
        let new = DatabaseCheck.judge(schema: SchemaStatus(version: 3, needed: 2))
        #expect(new.remedy == "install a newer eralink")
        #expect(DatabaseCheck.judge(schema: SchemaStatus(version: 0, needed: 2)).finding.contains("no Eralink schema"))
    }

    @Test(
        "a write that was tried",
        arguments: [
            ("could not extend file \"base/1\": No space left on device", "free space"),
            ("cannot execute INSERT in a read-only transaction", "find the primary"),
            ("permission denied to create temporary tables", "GRANT TEMPORARY"),
            ("the deadline passed", "synchronous standby"),
        ])
    func write(_ reason: String, _ remedy: String) {
        let found = DatabaseCheck.judge(write: .failure(EralinkError(.unavailable, reason)))
        #expect(found.level == .failed && found.finding == reason && found.remedy?.contains(remedy) == true)
        #expect(DatabaseCheck.judge(write: .success(.milliseconds(3))).level == .ok)
        #expect(DatabaseCheck.judge(write: .success(.milliseconds(1500))).level == .warning)
    }

    @Test("a probe leaves nothing behind, and meets what is in the way of every write")
    func probe() async throws {
        try await SharedPostgresStore.with { store in
            #expect(try await store.probeWrite() < .seconds(5))
            #expect(try await store.probeWrite() < .seconds(5))
            let left: Bool = try await store.pool.query("SELECT to_regclass('eralink_probe') IS NOT NULL")[0].value(
                at: 0)
            #expect(!left)
        }
    }

    @Test("a real server tells how it is")
    func real() async throws {
        try await SharedPostgresStore.with { store in
            let health = try await store.health()
            #expect(health.version.hasPrefix("1") && health.maxConnections == 200 && health.fsync)
            #expect(!health.isReplica && health.standbys.isEmpty && health.dataDirectory != nil)
            #expect(health.databaseBytes > 1_000_000)
            let figures = try await store.tableFigures()
            #expect(figures == TableFigures())
            #expect(try await store.queueHealth().isEmpty)
            #expect(try await store.busiestAgents().isEmpty)
        }
    }
}

extension DatabaseHealth {
    static let healthy = DatabaseHealth(version: "15.4", maxConnections: 100, connections: 8, databaseBytes: 9_600_000)

    static func but(_ change: (inout DatabaseHealth) -> Void) -> DatabaseHealth {
        var health = healthy
        change(&health)
        return health
    }
}

@Suite("doctor: what survives the loss of a host")
struct DurabilityCheckTests {
    private func judge(hosts: Int = 1, _ change: (inout DatabaseHealth) -> Void) -> [Diagnosis] {
        var health = DatabaseHealth.healthy
        change(&health)
        return DurabilityCheck.judge(health, hosts: hosts)
    }

    @Test("one host is fine; several without a synchronous standby lose the last messages")
    func hosts() {
        #expect(judge { _ in }.map(\.level) == [.ok])
        let lossy = judge(hosts: 2) { _ in }
        #expect(lossy.map(\.level) == [.warning])
        #expect(lossy[0].finding.contains("2 hosts") && lossy[0].remedy?.contains("ANY 1 (*)") == true)
        #expect(
            judge { $0.standbys = [.init(name: "b", state: "streaming", sync: "async")] }[0].finding.contains(
                "1 standbys"))
    }

    @Test("a synchronous standby that is away holds every commit; one alone may; two are fine")
    func synchronous() {
        let dead = judge(hosts: 2) { $0.synchronousNames = "b" }
        #expect(dead.map(\.level) == [.failed] && dead[0].finding.contains("every commit waits"))
        let b = DatabaseHealth.Standby(name: "b", state: "streaming", sync: "sync")
        let one = judge(hosts: 2) { ($0.synchronousNames, $0.standbys) = ("b", [b]) }
        #expect(one.map(\.level) == [.warning] && one[0].finding.contains("holds every commit"))
        let c = DatabaseHealth.Standby(name: "c", state: "streaming", sync: "quorum")
        let two = judge(hosts: 3) { ($0.synchronousNames, $0.standbys) = ("ANY 1 (*)", [b, c]) }
        #expect(two.map(\.level) == [.ok])
    }

    @Test("settings that lose what was acknowledged, and a slot that fills the disk")
    func settings() {
        #expect(judge { $0.fsync = false }[0].level == .failed)
        #expect(judge { $0.synchronousCommit = "off" }[0].finding.contains("synchronous_commit is off"))
        let slot = judge { ($0.slotName, $0.slotBytes) = ("b", 2 << 30) }
        #expect(slot[0].finding.contains("2.1 GB") && slot[0].remedy?.contains("pg_drop_replication_slot") == true)
    }
}

@Suite("doctor: tables that grow")
struct TablesCheckTests {
    @Test("an inbox that nobody takes, that is late, that holds broken rows")
    func inbox() {
        var figures = TableFigures()
        #expect(TablesCheck.judge(figures).map(\.level) == [.ok, .ok])
        (figures.inbox, figures.inboxAge) = (12, 90)
        #expect(TablesCheck.judge(figures)[0].level == .failed)
        #expect(TablesCheck.judge(figures)[0].remedy?.contains("eralink serve chat") == true)
        figures.inboxAge = 10
        figures.inboxBroken = 2
        #expect(TablesCheck.judge(figures).map(\.level) == [.warning, .warning, .ok])
    }

    @Test("old rows and missing partitions")
    func upkeep() {
        var figures = TableFigures()
        figures.hasNextPartition = false
        figures.seenDays = 40
        let found = TablesCheck.judge(figures)
        #expect(found.last?.level == .warning)
        #expect(found.last?.finding.contains("40 days") == true && found.last?.finding.contains("coming day") == true)
    }
}
