import Coordination
import Domain
import Postgres
import Store
import Synchronization
import TestSupport
import Testing
import Web

@testable import ConnectorKit

@Suite("Actions of the lease's holder", .timeLimit(.minutes(2)))
struct ActionsTests {
    /// Does everything, and counts.
    private final class Messenger: MessengerConnector {
        let performed = Mutex<[OutgoingAction]>([])

        func open() async throws(ConnectorFailure) -> MessengerIdentity {
            MessengerIdentity(externalID: "1", name: "m")
        }
        func poll(from position: Int64?) async throws(ConnectorFailure) -> PollBatch {
            PollBatch(items: [], position: nil)
        }
        func send(_ part: OutgoingPart) async -> SendReport {
            SendReport(outcome: .sent(externalID: "1"), request: "", response: nil)
        }
        func perform(_ action: OutgoingAction) async -> ActionReport {
            performed.withLock { $0.append(action) }
            return ActionReport(outcome: .done, request: "POST /x", response: "200")
        }
    }

    /// A read mark waits; the holder runs until it holds, and then gives its term up.
    private func play(
        _ settings: Actions.Settings, until isOver: (StoreFixture) async throws -> Bool
    ) async throws -> (performed: Int, state: String) {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead()
            _ = try await f.store.pool.query(
                """
                INSERT INTO action (account_id, chat, kind, external_id, expires_at)
                VALUES (\(f.account.id), '100', 'read', '7', clock_timestamp() + interval '1 day')
                """)
            let messenger = Messenger()
            let term = LeaseTerm(proof: proof, until: .now + .seconds(60))
            let actions = Actions(
                account: ConnectorAccount(
                    id: f.account.id, name: "support", kind: .telegram, apiURL: "", token: Secret("t"), settings: [:]),
                connector: messenger, store: f.store, coordination: InMemoryCoordination(), term: term,
                holder: "connector", settings: settings, metrics: ConnectorMetrics(MetricsRegistry(), store: f.store),
                logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await actions.run() }
                group.addTask { await actions.work() }
                while try await !isOver(f) { try await Task.sleep(for: .milliseconds(10)) }
                term.finish()
                try await group.waitForAll()
            }
            let rows = try await f.store.pool.query("SELECT state FROM action")
            return (messenger.performed.withLock { $0.count }, try rows[0].value(at: 0))
        }
    }

    private func has(_ condition: String, _ f: StoreFixture) async throws -> Bool {
        let rows = try await f.store.pool.query("SELECT count(*) FROM action WHERE \(unescaped: condition)")
        return try rows[0].value(at: 0, as: Int.self) > 0
    }

    @Test("what is due is done, once")
    func done() async throws {
        let end = try await play(.init()) { try await has("state = 'done'", $0) }
        #expect(end.performed == 1 && end.state == "done")
    }

    @Test("what was not started within its time is not done any more, and waits in the queue again")
    func late() async throws {
        let end = try await play(.init(startWithin: .zero)) { try await has("attempts > 2", $0) }
        #expect(end.performed == 0 && end.state == "queued")
    }
}
