import AgentProtocol
import Domain
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("The schema", .timeLimit(.minutes(5)))
struct SchemaTests {
    private func withEmpty<R>(_ body: (Store, Store) async throws -> R) async throws -> R {
        try await SharedPostgres.withDatabase { database in
            try await PostgresPool.withPool(database.configuration, log: .silent) { first in
                try await PostgresPool.withPool(database.configuration, log: .silent) { second in
                    try await body(Store(pool: first, logger: .silent), Store(pool: second, logger: .silent))
                }
            }
        }
    }

    @Test("two who migrate at once apply each step once")
    func migrate() async throws {
        try await withEmpty { first, second in
            #expect(try await first.schemaStatus() == SchemaStatus(version: 0, needed: Migration.latest))
            async let a = first.migrate()
            async let b = second.migrate()
            let applied = (try await a + b).sorted()
            #expect(applied == Migration.all.map(\.number))
            #expect(try await first.migrate().isEmpty)
            try await second.requireSchema()
        }
    }

    @Test("an empty, an older and a newer schema are refused with what to do")
    func refusals() async throws {
        try await withEmpty { store, _ in
            let empty = await refusal { try await store.requireSchema() }
            #expect(empty?.code == .unavailable && empty?.retryable == false)
            #expect(empty?.message.contains("eralink db migrate") == true)
            _ = try await store.migrate()
            _ = try await store.pool.query("INSERT INTO schema_migration (number, name) VALUES (9999, 'future')")
            let newer = await refusal { try await store.requireSchema() }
            #expect(newer?.message.contains("install a newer eralink") == true)
            _ = try await store.pool.query("DELETE FROM schema_migration")
            _ = try await store.pool.query("INSERT INTO schema_migration (number, name) VALUES (0, 'past')")
            #expect(await refusal { try await store.requireSchema() } != nil)
        }
    }

    @Test("upkeep makes the coming partitions and drops what is older than its time")
    func retention() async throws {
        try await StoreFixture.with { f in
            let pool = f.store.pool
            _ = try await pool.batch([
                "CREATE TABLE event_20200101 PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')",
                """
                INSERT INTO event (position, at, type, account_id, account, everyone, data)
                VALUES (nextval('event_position'), '2020-01-01 12:00', 'account.updated', 1, 'support', true, '{}')
                """,
                "INSERT INTO seen (account_id, key, at) VALUES (1, 'old', now() - interval '31 days'), (1, 'new', now())",
                """
                INSERT INTO msg_key (agent, msg_id, digest, message_id, at)
                VALUES ('a', 'old', '', 1, now() - interval '97 hours'), ('a', 'new', '', 1, now() - interval '71 hours')
                """,
            ])
            _ = try await f.newChat()
            let last = try await f.lastPosition()
            let gone = try await f.store.maintain(eventRetention: .seconds(72 * 3600))
            #expect(gone["event_partitions"] == 1 && gone["msg_key"] == 1 && gone["seen"] == 1)
            let log = try await f.store.logState()
            #expect(log.floor == 1 && log.last == last)
            #expect(try await f.count("SELECT count(*) FROM msg_key") == 1)
            #expect(try await f.count("SELECT count(*) FROM event_rest") == 0)
        }
    }

    @Test("an emptied log keeps its end, so that old cursors are known to be too old")
    func emptied() async throws {
        try await StoreFixture.with { f in
            _ = try await f.newChat()
            let last = try await f.lastPosition()
            _ = try await f.store.pool.query("TRUNCATE event")
            let log = try await f.store.logState()
            #expect(log.last == last && log.floor == last)
        }
    }
}
