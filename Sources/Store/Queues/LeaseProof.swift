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
