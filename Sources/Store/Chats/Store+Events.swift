import AgentProtocol
import Domain
import Postgres

/// Which events a reader of the log wants.
package struct EventFilter: Sendable, Equatable {
    /// An agent's own events; nil: only what the watch names.
    package var agent: String?
    /// Granted accounts; nil: all.
    package var accounts: Set<String>?
    /// Supervisors' watches.
    package var watch = Watch()

    package struct Watch: Sendable, Equatable {
        package var accounts: Set<String> = []
        package var interactions: Set<InteractionID> = []
        package var agents: Set<String> = []

        package init() {}
        package var isEmpty: Bool { accounts.isEmpty && interactions.isEmpty && agents.isEmpty }
    }

    package init(agent: String?, accounts: Set<String>?) {
        self.agent = agent
        self.accounts = accounts
    }

    package func admits(_ event: EventRecord) -> Bool {
        if let accounts, !accounts.contains(event.accountName) { return false }
        if event.type.isForEveryone { return true }
        if let agent, event.agent == agent || event.sender == agent { return true }
        if watch.isEmpty { return false }
        if watch.accounts.contains(event.accountName) { return true }
        if let interaction = event.interaction, watch.interactions.contains(interaction) { return true }
        if let agent = event.agent, watch.agents.contains(agent) { return true }
        if let sender = event.sender, watch.agents.contains(sender) { return true }
        return false
    }
}

/// Where the event log stands.
package struct LogState: Sendable, Equatable {
    package var epoch: String
    /// The last committed position.
    package var last: Int64
    /// Positions after this one are still there.
    package var floor: Int64
    /// The database's time.
    package var now: Timestamp
    /// The newest change of any agent.
    package var agentMark: Int64
}

extension Store {
    package func logState() async throws(EralinkError) -> LogState {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                WITH log AS (
                    SELECT coalesce((SELECT position FROM event ORDER BY position DESC LIMIT 1),
                        (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM event_position)) AS last
                )
                SELECT (SELECT epoch FROM log_epoch), last,
                    coalesce((SELECT position - 1 FROM event ORDER BY position LIMIT 1), last), clock_timestamp(),
                    (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM agent_change)
                FROM log
                """
            ])[0]
            var columns = Columns(result[0])
            return LogState(
                epoch: try columns.next(), last: try columns.next(), floor: try columns.next(), now: try columns.next(),
                agentMark: try columns.next())
        }
    }

    /// The committed events after a position, in order. Positions are assigned under a lock that is held until commit, so
    /// nothing appears below what was read already.
    package func events(after position: Int64, limit: Int) async throws(EralinkError) -> [EventRecord] {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                SELECT \(unescaped: EventRecord.columns) FROM event
                WHERE position > \(position) ORDER BY position LIMIT \(limit)
                """
            ])[0]
            return try result.map { row in try EventRecord(row) }
        }
    }

    /// The position before the first event written at or after a moment.
    package func position(before moment: Timestamp) async throws(EralinkError) -> Int64 {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT coalesce((SELECT min(position) - 1 FROM event WHERE at >= \(moment)),
                    (SELECT max(position) FROM event), 0)
                """
            ])[0][0].value(at: 0)
        }
    }
}
