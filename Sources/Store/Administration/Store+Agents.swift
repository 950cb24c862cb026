import AgentProtocol
import Domain
import Postgres

/// An agent's presence with its place in the order of changes.
package struct PresenceRecord: Sendable {
    package var presence: AgentPresence
    /// The session that asked to be the agent's only one, and the change with which it did.
    package var exclusive: (session: String, change: Int64)?
    /// Raised with each change of any agent.
    package var changed: Int64

    init(_ row: PostgresRow) throws(PostgresError) {
        var columns = Columns(row)
        presence = AgentPresence(agent: try columns.next(), state: try columns.next(), reason: try columns.next())
        let session: String? = try columns.next()
        let change: Int64? = try columns.next()
        exclusive = session.flatMap { session in change.map { (session, $0) } }
        changed = try columns.next()
    }
}

extension Store {
    package func setPresence(
        _ state: PresenceState, reason: String?, of agent: String
    ) async throws(EralinkError) -> PresenceRecord {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                WITH \(.nextAgentChange)
                INSERT INTO agent (name, state, reason, changed)
                SELECT \(agent)::text, \(state)::text, \(reason)::text, change FROM next
                ON CONFLICT (name) DO UPDATE SET state = excluded.state, reason = excluded.reason, changed = excluded.changed
                RETURNING name, state, reason, exclusive, exclusive_change, changed
                """
            ])[0]
            return try PresenceRecord(result[0])
        }
    }

    /// Makes a session the agent's only one, on whatever ChatServer the others are.
    package func setExclusive(session: String, of agent: String) async throws(EralinkError) -> Int64 {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                WITH \(.nextAgentChange)
                INSERT INTO agent (name, exclusive, exclusive_change, changed)
                SELECT \(agent)::text, \(session)::text, change, change FROM next
                ON CONFLICT (name) DO UPDATE SET exclusive = excluded.exclusive,
                    exclusive_change = excluded.exclusive_change, changed = excluded.changed
                RETURNING changed
                """
            ])[0][0].value(at: 0)
        }
    }

    /// The newest change of any agent.
    package func presenceMark() async throws(EralinkError) -> Int64 {
        try await asEralinkError { () async throws in
            try await pool.batch(["SELECT coalesce(max(changed), 0) FROM agent"])[0][0].value(at: 0)
        }
    }

    /// The accounts of an agent's live tokens; nil: all.
    package func accountsGranted(to agent: String) async throws(EralinkError) -> Set<String>? {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                "SELECT accounts FROM token WHERE name = \(agent) AND revoked_at IS NULL LIMIT 1"
            ])[0]
            guard let row = result.first else { return [] }
            return try row.value(at: 0, as: [String]?.self).map(Set.init)
        }
    }

    /// Agents whose presence changed since a mark.
    package func presence(changedAfter mark: Int64) async throws(EralinkError) -> [PresenceRecord] {
        try await asEralinkError { () async throws in
            try await pool.batch([
                "SELECT name, state, reason, exclusive, exclusive_change, changed FROM agent WHERE changed > \(mark) ORDER BY changed LIMIT 1000"
            ])[0].map { row in try PresenceRecord(row) }
        }
    }

    /// The agents who hold one of the actor's accounts, for transfer.
    package func agents(for actor: Actor) async throws(EralinkError) -> [PresenceRecord] {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT t.name, coalesce(a.state, 'offline'), a.reason, a.exclusive, a.exclusive_change, coalesce(a.changed, 0)
                FROM token t LEFT JOIN agent a ON a.name = t.name
                WHERE t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp())
                    AND (t.accounts IS NULL OR \(actor.grantedNames)::text[] IS NULL
                        OR t.accounts && \(actor.grantedNames)::text[])
                    AND t.scopes && ARRAY['agent', 'supervisor', 'bot']
                ORDER BY t.name
                """
            ])[0].map { row in try PresenceRecord(row) }
        }
    }

    /// Remembers how far an agent has read; the highest wins.
    package func acknowledge(_ cursor: Cursor, by agent: String) async throws(EralinkError) {
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                """
                INSERT INTO agent AS a (name, acked_epoch, acked_position)
                VALUES (\(agent), \(cursor.epoch), \(cursor.position))
                ON CONFLICT (name) DO UPDATE SET acked_epoch = excluded.acked_epoch,
                    acked_position = excluded.acked_position
                WHERE a.acked_epoch IS DISTINCT FROM excluded.acked_epoch OR a.acked_position < excluded.acked_position
                """
            ])
        }
    }

    package func acknowledged(by agent: String) async throws(EralinkError) -> Cursor? {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                "SELECT acked_epoch, acked_position FROM agent WHERE name = \(agent) AND acked_epoch IS NOT NULL"
            ])[0]
            guard let row = result.first else { return nil }
            let (epoch, position) = try row.decode(String.self, Int64.self)
            return Cursor(epoch: epoch, position: position)
        }
    }
}

extension PostgresQuery {
    /// The number of a change of any agent, as `next`, under a lock that is held until commit: whoever follows the changes by
    /// their numbers must not be led past one that commits later, as with the event log.
    fileprivate static var nextAgentChange: PostgresQuery {
        """
        lock AS MATERIALIZED (SELECT pg_advisory_xact_lock(7304)),
        next AS MATERIALIZED (SELECT nextval('agent_change') AS change FROM lock)
        """
    }
}
