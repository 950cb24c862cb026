import AgentProtocol
import Domain
import JSON
import Postgres

/// An account to be added.
package struct NewAccount: Sendable {
    package var name: String
    package var kind: AccountKind
    package var apiURL: String
    package var settings: [String: String]
    package var sealedSecret: [UInt8]
    /// A path component that only the messenger knows.
    package var webhookSecret: String

    package init(
        name: String, kind: AccountKind, apiURL: String, settings: [String: String], sealedSecret: [UInt8],
        webhookSecret: String
    ) {
        self.name = name
        self.kind = kind
        self.apiURL = apiURL
        self.settings = settings
        self.sealedSecret = sealedSecret
        self.webhookSecret = webhookSecret
    }
}

/// A change of an account by an admin. Nil members stay as they are.
package struct AccountChange: Sendable {
    /// The version that the change was made from; nil changes any. Another one is a conflict, and nothing is changed.
    package var from: Int64?
    package var apiURL: String?
    package var settings: [String: String]?
    package var sealedSecret: [UInt8]?
    package var webhookSecret: String?
    package var enabled: Bool?
    package var removed = false

    package init() {}
}

/// How an account is served, for `connector status`.
package struct AccountStatus: Sendable {
    package var name: String
    package var kind: AccountKind
    package var enabled: Bool
    package var holder: String?
    package var host: String?
    package var epoch: Int64
    package var leaseIsValid: Bool
    package var lastPollAt: Timestamp?
    package var pausedUntil: Timestamp?
    package var problem: String?
    package var queuedLive: Int
    package var queuedBulk: Int
}

extension Store {
    package func addAccount(_ new: NewAccount, by actor: String) async throws(EralinkError) -> AccountRecord {
        try await asEralinkError { () async throws in
            do {
                _ = try await pool.transaction { tx in
                    let id: AccountID = try await tx.query(
                        """
                        INSERT INTO account (name, kind, api_url, settings, secret, webhook_secret)
                        VALUES (\(new.name), \(new.kind), \(new.apiURL), \(StringMap.write(new.settings)), \(new.sealedSecret),
                            \(new.webhookSecret))
                        RETURNING id
                        """)[0].value(at: 0)
                    return try await tx.commit(after: [
                        "INSERT INTO account_state (account_id) VALUES (\(id))",
                        "INSERT INTO account_poll (account_id) VALUES (\(id))",
                        .audit(actor, "account.add", new.name, ["kind": new.kind.rawValue]),
                    ])
                }
            } catch let error as PostgresError where error.isUniqueViolation {
                throw EralinkError(
                    .conflict, "account \(new.name) exists or existed already; choose another name",
                    details: [.init("account", new.name)])
            }
            return try await account(new.name)
        }
    }

    package func account(_ name: String) async throws(EralinkError) -> AccountRecord {
        guard let account = try await accounts(named: name).first else {
            throw EralinkError.notFound("account \(name) does not exist; look at \"eralink account list\"")
        }
        return account
    }

    /// All accounts by name, without the removed ones.
    package func accounts(named name: String? = nil) async throws(EralinkError) -> [AccountRecord] {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                SELECT id, name, kind, api_url, settings, secret, webhook_secret, enabled, version FROM account
                WHERE removed_at IS NULL AND (\(name)::text IS NULL OR name = \(name)::text) ORDER BY name
                """
            ])[0]
            return try result.map { row in
                var columns = Columns(row)
                return AccountRecord(
                    id: try columns.next(), name: try columns.next(), kind: try columns.next(),
                    apiURL: try columns.next(), settings: StringMap.read(try columns.next()),
                    sealedSecret: try columns.next(), webhookSecret: try columns.next(), enabled: try columns.next(),
                    version: try columns.next())
            }
        }
    }

    /// - Parameter details: what the audit trail tells of it; no secrets.
    package func changeAccount(
        _ name: String, _ change: AccountChange, action: String, details: [String: String] = [:], by actor: String
    ) async throws(EralinkError) -> AccountRecord? {
        try await asEralinkError { () async throws in
            let changed = try await pool.batch([
                .audited(actor, action, details) {
                    """
                    UPDATE account SET version = version + 1, api_url = coalesce(\(change.apiURL), api_url),
                        settings = coalesce(\(change.settings.map(StringMap.write))::jsonb, settings),
                        secret = coalesce(\(change.sealedSecret)::bytea, secret),
                        webhook_secret = coalesce(\(change.webhookSecret), webhook_secret),
                        enabled = coalesce(\(change.enabled)::boolean, enabled),
                        removed_at = CASE WHEN \(change.removed) THEN clock_timestamp() END
                    WHERE name = \(name) AND removed_at IS NULL
                        AND (\(change.from)::bigint IS NULL OR version = \(change.from)::bigint)
                    RETURNING name
                    """
                }
            ])[0]
            if changed.isEmpty {
                let account = try await account(name)
                throw EralinkError(
                    .conflict, "account \(name) was changed by somebody else meanwhile; look at it and repeat",
                    details: [.init("version", .integer(account.version))])
            }
            return change.removed ? nil : try await account(name)
        }
    }

    package func accountStatuses() async throws(EralinkError) -> [AccountStatus] {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                SELECT a.name, a.kind, a.enabled, s.lease_holder, s.lease_host, s.lease_epoch,
                    coalesce(s.lease_valid_until > clock_timestamp(), false), p.polled_at,
                    CASE WHEN s.paused_until > clock_timestamp() THEN s.paused_until END, s.problem,
                    (SELECT count(*) FROM outbox o WHERE o.account_id = a.id AND o.lane = 'live'),
                    (SELECT count(*) FROM outbox o WHERE o.account_id = a.id AND o.lane = 'bulk')
                FROM account a JOIN account_state s ON s.account_id = a.id JOIN account_poll p ON p.account_id = a.id
                WHERE a.removed_at IS NULL ORDER BY a.name
                """
            ])[0]
            return try result.map { row in
                var columns = Columns(row)
                return AccountStatus(
                    name: try columns.next(), kind: try columns.next(), enabled: try columns.next(),
                    holder: try columns.next(), host: try columns.next(), epoch: try columns.next(),
                    leaseIsValid: try columns.next(), lastPollAt: try columns.next(), pausedUntil: try columns.next(),
                    problem: try columns.next(), queuedLive: try columns.next(), queuedBulk: try columns.next())
            }
        }
    }

    /// Where to go on polling; nil: never polled.
    package func pollPosition(of account: AccountID) async throws(EralinkError) -> Int64? {
        try await asEralinkError { () async throws in
            try await pool.batch(["SELECT position FROM account_poll WHERE account_id = \(account)"])[0].first?
                .value(at: 0, as: Int64?.self)
        }
    }

    /// What is wrong with the account at the messenger, for admins and agents; nil: nothing any more. Agents are told where it
    /// changes something. Returns the log's new position then.
    package func setProblem(_ problem: String?, of account: AccountID) async throws(EralinkError) -> Int64? {
        try await changeState(of: account, "problem", pausedUntil: nil, reason: problem) {
            """
            UPDATE account_state s SET problem = \(problem) FROM account a
            WHERE s.account_id = \(account) AND a.id = s.account_id AND s.problem IS DISTINCT FROM \(problem)::text
            RETURNING a.name, NULL::timestamptz
            """
        }
    }

    /// Holds the whole account for a while, also across restarts; agents are told. Returns the log's new position.
    package func pause(
        _ account: AccountID, for wait: Duration, reason: String
    ) async throws(EralinkError) -> Int64? {
        try await changeState(of: account, "paused", pausedUntil: wait, reason: reason) {
            """
            UPDATE account_state s SET paused_until = clock_timestamp() + make_interval(secs => \(wait.inSeconds)) FROM account a
            WHERE s.account_id = \(account) AND a.id = s.account_id RETURNING a.name, s.paused_until
            """
        }
    }

    private func changeState(
        of account: AccountID, _ state: String, pausedUntil: Duration?, reason: String?, _ update: () -> PostgresQuery
    ) async throws(EralinkError) -> Int64? {
        let update = update()
        return try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                guard let row = try await tx.query(update).first else { return nil }
                let (name, until) = try row.decode(String.self, Timestamp?.self)
                let data = AccountUpdate(
                    account: name, state: reason == nil ? "active" : state, pausedUntil: until, reason: reason
                ).jsonBytes
                let results = try await tx.commit(after: [
                    .append([
                        EventDraft(
                            type: .accountUpdated, account: account, accountName: name, interaction: nil, agent: nil,
                            data: data)
                    ])
                ])
                return try results[0].first?.value(at: 0)
            }
        }
    }
}
