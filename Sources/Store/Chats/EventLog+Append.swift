import AgentProtocol
import Domain
import Postgres

extension PostgresQuery {
    /// Appends to the event log and holds the log's lock until the transaction ends (design.md, rule 3). It must be the
    /// statement before COMMIT, sent in one flush with it, so that nobody holds the lock over a round trip.
    static func append(_ events: [EventDraft]) -> PostgresQuery {
        // Of no events nothing is written, and the lock is not taken.
        guard !events.isEmpty else { return "SELECT 0::bigint, clock_timestamp() WHERE false" }
        var columns = RowColumns()
        columns.add("type", events.map(\.type.rawValue))
        columns.add("account_id", events.map(\.account.value))
        columns.add("account", events.map(\.accountName))
        columns.add("everyone", events.map(\.type.isForEveryone))
        columns.add("data", events.map(\.data).asTexts)
        columns.add(ifAny: "interaction_id", events.map { $0.interaction?.value })
        columns.add(ifAny: "agent", events.map(\.agent))
        columns.add(ifAny: "sender", events.map(\.sender))
        return """
            WITH log AS MATERIALIZED (SELECT pg_advisory_xact_lock(7302))
            INSERT INTO event (position, at, \(unescaped: columns.names))
            SELECT nextval('event_position'), clock_timestamp(), \(unescaped: columns.names)
            FROM log, unnest(\(columns.arrays)) WITH ORDINALITY AS e (\(unescaped: columns.names), n)
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
