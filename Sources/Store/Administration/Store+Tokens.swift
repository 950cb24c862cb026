import Crypto
import Domain
import Postgres

/// A token as it is kept: only its hash is stored.
package struct TokenRecord: Sendable, Equatable {
    package var id: Int64
    package var name: String
    package var scopes: [Scope]
    /// Nil: all accounts.
    package var accounts: [String]?
    package var createdAt: Timestamp
    package var expiresAt: Timestamp?
    package var revokedAt: Timestamp?

    package var actor: Actor { Actor(name: name, scopes: Set(scopes), accounts: accounts.map(Set.init)) }
}

extension Store {
    private static let tokenColumns = "id, name, scopes, accounts, created_at, expires_at, revoked_at"

    static func hash(of token: Secret) -> [UInt8] { Array(SHA256.hash(data: Array(token.reveal().utf8))) }

    /// Stores a token's hash. Names are unique among live tokens.
    package func createToken(
        _ token: Secret, name: String, scopes: [Scope], accounts: [String]?, lifetime: Duration?, by actor: String
    ) async throws(EralinkError) -> TokenRecord {
        try await asEralinkError { () async throws in
            do {
                let results = try await pool.batch([
                    "UPDATE token SET revoked_at = expires_at WHERE name = \(name) AND expires_at <= clock_timestamp() AND revoked_at IS NULL",
                    """
                    INSERT INTO token (name, hash, scopes, accounts, expires_at)
                    VALUES (\(name), \(Self.hash(of: token)), \(scopes.map(\.rawValue)), \(accounts),
                        clock_timestamp() + make_interval(secs => \(lifetime?.inSeconds)))
                    RETURNING \(unescaped: Self.tokenColumns)
                    """,
                    .audit(actor, "token.create", name, ["scopes": scopes.map(\.rawValue).joined(separator: " ")]),
                ])
                return try Self.token(results[1][0])
            } catch let error as PostgresError where error.isUniqueViolation {
                throw EralinkError(
                    .conflict, "a live token is called \(name) already; revoke it or choose another name",
                    details: [.init("name", name)])
            }
        }
    }

    package func tokens() async throws(EralinkError) -> [TokenRecord] {
        try await asEralinkError { () async throws in
            try await pool.batch(["SELECT \(unescaped: Self.tokenColumns) FROM token ORDER BY name, id"])[0].map {
                row in
                try Self.token(row)
            }
        }
    }

    /// Revokes the live token of that name or id; sessions that live on it end within seconds.
    package func revokeToken(_ nameOrID: String, by actor: String) async throws(EralinkError) -> TokenRecord {
        try await asEralinkError { () async throws in
            let revoked = try await pool.batch([
                .audited(actor, "token.revoke", [:]) {
                    """
                    UPDATE token SET revoked_at = clock_timestamp()
                    WHERE (name = \(nameOrID) OR id::text = \(nameOrID)) AND revoked_at IS NULL
                    RETURNING \(unescaped: Self.tokenColumns)
                    """
                }
            ])[0]
            guard let row = revoked.first else {
                throw EralinkError.notFound("no live token is called \(nameOrID); look at \"eralink token list\"")
            }
            return try Self.token(row)
        }
    }

    /// The live token with this secret. Nil: unknown, revoked or expired.
    package func token(_ secret: Secret) async throws(EralinkError) -> TokenRecord? {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT \(unescaped: Self.tokenColumns) FROM token WHERE hash = \(Self.hash(of: secret))
                    AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
                """
            ])[0].first.map { row in try Self.token(row) }
        }
    }

    /// Which of these tokens are not live any more.
    package func endedTokens(among ids: [Int64]) async throws(EralinkError) -> [Int64] {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT u.id FROM unnest(\(ids)) AS u (id) LEFT JOIN token t ON t.id = u.id
                WHERE t.id IS NULL OR t.revoked_at IS NOT NULL OR t.expires_at <= clock_timestamp()
                """
            ])[0].values(Int64.self)
        }
    }

    private static func token(_ row: PostgresRow) throws(PostgresError) -> TokenRecord {
        var columns = Columns(row)
        return TokenRecord(
            id: try columns.next(), name: try columns.next(), scopes: try columns.next(), accounts: try columns.next(),
            createdAt: try columns.next(), expiresAt: try columns.next(), revokedAt: try columns.next())
    }
}
