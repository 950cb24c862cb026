import Domain
import Postgres

/// An account's lease as its row says.
package struct LeaseState: Sendable, Equatable {
    package var holder: String?
    package var epoch: Int64
    /// How long it is still valid by the database's clock; zero or less: expired or released.
    package var remaining: Duration
    /// The version of the account's settings, and whether it is enabled.
    package var accountVersion: Int64
    package var enabled: Bool
}

extension Store {
    /// Renews the caller's lease, or takes it where it is expired or released, with the next epoch. Returns the row as it is
    /// afterwards: the caller holds it where `holder` is its own id.
    ///
    /// The row says how long the term is, by the database's clock; the holder counts it on its own monotonic clock from before
    /// this call (design.md, rule 5).
    package func holdLease(
        of account: AccountID, as holder: String, host: String, term: Duration
    ) async throws(EralinkError) -> LeaseState {
        try await asEralinkError { () async throws in
            let results = try await pool.batch([
                """
                UPDATE account_state s SET
                    lease_epoch = CASE WHEN lease_holder = \(holder) AND lease_valid_until > clock_timestamp()
                        THEN lease_epoch ELSE lease_epoch + 1 END,
                    lease_holder = \(holder), lease_host = \(host),
                    lease_valid_until = clock_timestamp() + make_interval(secs => \(term.inSeconds))
                FROM account a
                WHERE s.account_id = \(account) AND a.id = s.account_id AND a.enabled AND a.removed_at IS NULL
                    AND (lease_holder = \(holder) OR lease_holder IS NULL OR lease_valid_until <= clock_timestamp())
                """, .lease(of: account),
            ])
            return try Self.leaseState(results[1], account)
        }
    }

    /// Gives the lease back, so that the standby need not wait for its expiry. Nothing happens where it has passed on.
    package func releaseLease(_ proof: LeaseProof, holder: String) async throws(EralinkError) {
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                """
                UPDATE account_state SET lease_holder = NULL, lease_valid_until = NULL
                WHERE account_id = \(proof.account) AND lease_epoch = \(proof.epoch) AND lease_holder = \(holder)
                """
            ])
        }
    }

    package func lease(of account: AccountID) async throws(EralinkError) -> LeaseState {
        try await asEralinkError { () async throws in
            try Self.leaseState(try await pool.batch([.lease(of: account)])[0], account)
        }
    }

    private static func leaseState(_ result: PostgresResult, _ account: AccountID) throws -> LeaseState {
        guard let row = result.first else {
            throw EralinkError(.notFound, "the account \(account) is gone; look at \"eralink account list\"")
        }
        var columns = Columns(row)
        return LeaseState(
            holder: try columns.next(), epoch: try columns.next(),
            remaining: .microseconds(try columns.next() as Int64), accountVersion: try columns.next(),
            enabled: try columns.next())
    }
}

extension PostgresQuery {
    fileprivate static func lease(of account: AccountID) -> PostgresQuery {
        """
        SELECT s.lease_holder, s.lease_epoch,
            (coalesce(extract(epoch FROM s.lease_valid_until - clock_timestamp()), 0) * 1000000)::bigint,
            a.version, a.enabled AND a.removed_at IS NULL
        FROM account_state s JOIN account a ON a.id = s.account_id WHERE s.account_id = \(account)
        """
    }
}

extension Duration {
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
