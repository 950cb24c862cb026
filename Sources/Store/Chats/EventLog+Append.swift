import AgentProtocol
import Domain
import Postgres

extension PostgresQuery {
    /// Appends to the event log and holds the log's lock until the transaction ends (design.md, rule 3). It must be the
    /// statement before COMMIT, sent in one flush with it, so that nobody holds the lock over a round trip.
    static func append(_ events: [EventDraft]) -> PostgresQuery {
        """
        WITH log AS MATERIALIZED (SELECT pg_advisory_xact_lock(7302) WHERE \(!events.isEmpty))
        INSERT INTO event (position, at, type, account_id, account, interaction_id, agent, sender, everyone, data)
        SELECT nextval('event_position'), clock_timestamp(), e.type, e.account_id, e.account, e.interaction_id, e.agent,
            e.sender, e.everyone, e.data
        FROM log, unnest(
            \(events.map(\.type.rawValue)), \(events.map(\.account.value)), \(events.map(\.accountName)),
            \(events.map { $0.interaction?.value }), \(events.map(\.agent)), \(events.map(\.sender)),
            \(events.map(\.type.isForEveryone)), \(events.map(\.data).asTexts)
        ) WITH ORDINALITY AS e (type, account_id, account, interaction_id, agent, sender, everyone, data, n)
        ORDER BY e.n
        RETURNING position, at
        """
    }
}

extension [EventDraft] {
    /// The committed events, by the positions and times that `append` returned.
    func records(from result: PostgresResult) throws(PostgresError) -> [EventRecord] {
        var records: [EventRecord] = []
        records.reserveCapacity(count)
        for (draft, row) in zip(self, result) {
            records.append(
                EventRecord(
                    position: try row.value(at: 0, as: Int64.self), at: try row.value(at: 1, as: Timestamp.self),
                    type: draft.type, accountName: draft.accountName, interaction: draft.interaction,
                    agent: draft.agent,
                    sender: draft.sender, data: draft.data))
        }
        return records
    }
}
