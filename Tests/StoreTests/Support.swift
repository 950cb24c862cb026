import AgentProtocol
import Domain
import Postgres
import Synchronization
import TestSupport

@testable import Store

extension Message {
    /// The text that it says; nil for other kinds.
    var text: String? {
        guard case .text(let text)? = try? Content(kind: kind, bytes: content) else { return nil }
        return text.text
    }
}

extension StoreFixture {
    /// Returns when a statement in this database waits for a lock.
    func untilBlocked() async throws {
        while try await blocked() == 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    func blocked() async throws -> Int {
        try await store.pool.query(
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            """)[0].value(at: 0)
    }

    func count(_ query: PostgresQuery) async throws -> Int { try await store.pool.query(query)[0].value(at: 0) }

    func events(after position: Int64 = 0) async throws -> [EventRecord] {
        try await store.events(after: position, limit: 10_000)
    }

    func lastPosition() async throws -> Int64 { try await store.logState().last }
}

extension Store {
    func seqs(of interaction: InteractionID) async throws -> [Int64] {
        try await pool.query("SELECT seq FROM message WHERE interaction_id = \(interaction) ORDER BY id").values()
    }
}

/// Raised once, from any task.
final class Flag: Sendable {
    private let flag = Atomic(false)

    var isRaised: Bool { flag.load(ordering: .acquiring) }
    func raise() { flag.store(true, ordering: .releasing) }
}
