import JSON
import Postgres
import Store
import TestSupport
import Testing

@testable import Commands

@Suite("The database commands", .timeLimit(.minutes(5)))
struct DatabaseCommandTests {
    /// Commands that need the schema of this version.
    private static let needingSchema = [
        "account list", "account show a", "token list", "token revoke a", "connector status", "trace 5",
    ]

    private func run(_ line: String, _ url: String?) async throws -> BuiltCommand.Result {
        try await BuiltCommand.run(
            line.split(separator: " ").map(String.init), environment: url.map { ["ERALINK_DATABASE_URL": $0] } ?? [:])
    }

    @Test("an empty database is told so, migrated once, and then in order")
    func migrate() async throws {
        try await SharedPostgres.withDatabase { database in
            let before = try await run("db status -o json", database.url)
            #expect(before.status == 6)
            #expect(try JSONValue(parsing: before.stdout)["state"] == .string("empty"))
            #expect(before.stderr.contains("eralink db migrate"))
            for line in Self.needingSchema {
                let refused = try await run(line, database.url)
                #expect(refused.status == 6, "\(line)")
                #expect(
                    refused.stderr == "eralink: the database has no Eralink schema; run \"eralink db migrate\"\n",
                    "\(line)")
            }
            // Two at once: each step is applied once.
            async let one = run("db migrate -o json", database.url)
            async let two = run("db migrate -o json", database.url)
            let both = try await [one, two]
            #expect(both.map(\.status) == [0, 0])
            let applied = try both.map { try JSONValue(parsing: $0.stdout)["applied"]?.array?.count ?? -1 }
            let after = try await run("db status -o json", database.url)
            #expect(after.status == 0)
            // They may have taken turns.
            let steps = try JSONValue(parsing: after.stdout)["schema"]?.int64
            #expect(applied.allSatisfy { $0 >= 0 } && steps == Int64(applied.reduce(0, +)))
            #expect(try JSONValue(parsing: after.stdout)["state"] == .string("current"))
        }
    }

    @Test("a newer schema is left alone, and every command says that eralink is too old")
    func newer() async throws {
        try await StoreFixture.with { fixture in
            _ = try await fixture.store.pool.query("INSERT INTO schema_migration (number, name) VALUES (999, 'x')")
            for line in Self.needingSchema + ["db migrate", "db status"] {
                let refused = try await run(line, fixture.database.url)
                #expect(refused.status == 6, "\(line)")
                #expect(refused.stderr.contains("install a newer eralink"), "\(line): \(refused.stderr)")
            }
        }
    }

    @Test("rows that were set aside are listed, taken again, or removed, and only those")
    func inbox() async throws {
        try await Desk.with { desk in
            #expect(try await desk.run("db inbox").stdout == "")
            for number in 1...3 {
                try await desk.fixture.connector.receive([.text("n \(number)", chat: "100", external: "\(number)")])
                if number < 3 { #expect(try await desk.fixture.store.setAsideFirst() != nil) }
            }
            let rows = try #require(try await desk.json("db inbox").array)
            #expect(
                rows[0].names == ["id", "account", "chat", "event", "kind", "external_id", "bytes", "received_at"])
            let ids = rows.compactMap { $0["id"]?.string }
            #expect(ids.count == 2 && rows.map { $0["external_id"] } == [.string("1"), .string("2")])
            #expect(try await desk.run("doctor --bad").stdout.contains("eralink db inbox"))
            let stranger = try await desk.run("db inbox --remove \(ids[0]) --remove 999")
            #expect(stranger.status == 3 && stranger.stderr.contains("999"))
            #expect(try await desk.json("db inbox").array?.count == 2)
            #expect(try await desk.run("db inbox --remove \(ids[0]) --retry \(ids[0])").status == 2)
            #expect(try await desk.json("db inbox --remove \(ids[0])").array?.count == 1)
            #expect(try await desk.json("db inbox --retry \(ids[1])").array?.isEmpty == true)
            let waiting = try await desk.fixture.store.pool.query("SELECT count(*) FROM inbox WHERE NOT deferred")[0]
            #expect(try waiting.value(at: 0, as: Int64.self) == 2)
            let audit = try await desk.json("audit list --action inbox").array ?? []
            #expect(audit.map { $0["action"] } == [.string("inbox.retry"), .string("inbox.remove")])
        }
    }

    @Test("no database URL, a broken one, one that nobody answers at")
    func unreachable() async throws {
        let unset = try await run("account list", nil)
        #expect(unset.status == 2)
        #expect(unset.stderr.contains("database.url is not set"))
        let broken = try await run("account list", "postgresql://a:geheim@[h/x")
        #expect(broken.status == 2)
        #expect(!broken.stderr.contains("geheim"))
        let dead = try await run("db status", "postgresql://a:geheim@127.0.0.1:9/x")
        #expect(dead.status == 6)
        #expect(dead.stderr.contains("the database cannot be reached"))
        #expect(!dead.stderr.contains("geheim"))
        #expect(dead.stderr.split(separator: "\n").count == 1)
    }
}
