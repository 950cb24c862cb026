import AgentProtocol
import Domain
import Postgres

extension Store {
    /// Answers the press of a button in the agent's words, at once; returns the account whose bell is to be rung.
    ///
    /// Throws `not_found` for a press that never was or is another account's, `conflict` for one that is answered already,
    /// `unsupported` where the channel's presses want no answer.
    package func answer(
        _ callback: String, text: String?, alert: Bool, by actor: Actor, over table: @escaping ChannelTable
    ) async throws(EralinkError) -> String {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let found = try await tx.query(
                    """
                    SELECT x.id, x.state, x.agent, x.expires_at > clock_timestamp(), i.agent,
                        a.id, a.name, a.kind, a.settings, a.enabled
                    FROM action x JOIN account a ON a.id = x.account_id
                    LEFT JOIN customer c ON c.account_id = x.account_id AND c.external_id = x.chat
                    LEFT JOIN LATERAL (
                        SELECT coalesce(agent, last_agent) AS agent FROM interaction
                        WHERE customer_id = c.id ORDER BY state <> 'closed' DESC, id DESC LIMIT 1
                    ) i ON true
                    WHERE x.callback = \(callback) ORDER BY x.id DESC FOR UPDATE OF x
                    """)
                let presses = try found.map { try Press($0) }.filter { actor.isGranted($0.account.name) }
                guard let press = presses.first(where: { $0.agent == actor.name }) ?? presses.first else {
                    throw EralinkError.notFound("there is no press \(callback)")
                }
                guard press.agent == actor.name || actor.isSupervisor else {
                    throw EralinkError(.forbidden, "the press \(callback) is in a chat that is not yours")
                }
                guard let channel = table(press.account), channel.answersCallbacks else {
                    throw EralinkError(
                        .unsupported("callback.answer", "the channel's buttons wait for no answer"), press.account)
                }
                guard press.isOpen else {
                    throw EralinkError(
                        .conflict, "the press \(callback) is answered already", details: [.init("state", "answered")])
                }
                _ = try await tx.commit(after: [
                    """
                    UPDATE action SET answer = \(text), alert = \(alert), agent = \(actor.name),
                        not_before = clock_timestamp()
                    WHERE id = \(press.id)
                    """
                ])
                return press.account.name
            }
        }
    }
}

private struct Press {
    var id: Int64
    /// Neither answered nor being answered, and still waited for.
    var isOpen: Bool
    /// The chat's.
    var agent: String?
    var account: AccountReference

    init(_ row: PostgresRow) throws(PostgresError) {
        var columns = Columns(row)
        id = try columns.next()
        let state: String = try columns.next()
        let answeredBy: String? = try columns.next()
        let isInTime: Bool = try columns.next()
        isOpen = state == "queued" && answeredBy == nil && isInTime
        agent = try columns.next()
        account = AccountReference(
            id: try columns.next(), name: try columns.next(), kind: try columns.next(),
            settings: StringMap.read(try columns.next()), enabled: try columns.next())
    }
}

extension EralinkError {
    /// What a channel refuses, over one account.
    package init(_ refusal: ChannelRefusal, _ account: AccountReference) {
        self.init(
            refusal.code, "\(account.name) (\(account.kind.rawValue)): \(refusal.message)",
            details: [
                .init("account", account.name), .init("channel", account.kind.channel.rawValue),
                .init("feature", refusal.feature),
            ] + refusal.details)
    }
}
