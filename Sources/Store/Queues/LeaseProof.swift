import Domain
import Postgres

/// The holder's proof that it may act for an account: the fencing epoch of its lease (design.md, rule 5).
package struct LeaseProof: Sendable, Hashable {
    package var account: AccountID
    package var epoch: Int64

    package init(account: AccountID, epoch: Int64) {
        self.account = account
        self.epoch = epoch
    }
}

extension EralinkError {
    package static let leaseLost = EralinkError(
        .conflict, "the account's lease has passed on to another connector", retryable: true)
}

extension PostgresQuery {
    /// Makes sure that the lease holds, and that it cannot pass on before the transaction ends; where it does not hold, the
    /// transaction fails with `EralinkError.leaseLost`.
    static func requireLease(_ proof: LeaseProof) -> PostgresQuery {
        "SELECT require_lease(\(proof.account), \(proof.epoch))"
    }

    /// The SQLSTATE that it fails with.
    static let leaseLostState = "EL001"
}

extension PostgresTransaction {
    /// Makes sure that the lease holds, and that it cannot pass on before this transaction ends.
    func requireLease(_ proof: LeaseProof) async throws {
        let held = try await query(
            """
            SELECT 1 FROM account_state WHERE account_id = \(proof.account) AND lease_epoch = \(proof.epoch)
                AND lease_valid_until > clock_timestamp()
            FOR SHARE
            """)
        if held.isEmpty { throw EralinkError.leaseLost }
    }
}
