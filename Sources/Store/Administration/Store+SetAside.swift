import Domain
import Postgres

/// A row of the inbox that no ChatServer could take. Its words stay in the database: an admin sees how much there is of them.
package struct SetAsideRow: Sendable, Equatable {
    package var id: Int64
    package var account: String
    package var chat: String
    package var event: String
    package var kind: String?
    /// The messenger's id of the message that it is, or is about.
    package var externalID: String?
    package var bytes: Int64
    package var receivedAt: Timestamp
}

/// What becomes of rows that were set aside.
package enum SetAsideFate: Sendable {
    /// Taken once more by a ChatServer: for rows that a newer version understands.
    case retried
    /// Given up.
    case removed

    fileprivate var action: String { self == .retried ? "inbox.retry" : "inbox.remove" }

    fileprivate var change: PostgresQuery {
        switch self {
        case .retried: "UPDATE inbox SET broken = false, deferred = false"
        case .removed: "DELETE FROM inbox"
        }
    }
}

extension Store {
    /// Up to `limit` rows, oldest first.
    package func setAside(limit: Int) async throws(EralinkError) -> [SetAsideRow] {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                SELECT i.id, a.name, i.chat, i.event, i.kind, i.external_id, coalesce(octet_length(i.content), 0)::bigint,
                    i.received_at
                FROM inbox i JOIN account a ON a.id = i.account_id WHERE i.broken ORDER BY i.id LIMIT \(limit)
                """
            ])[0].map { row in
                var columns = Columns(row)
                return SetAsideRow(
                    id: try columns.next(), account: try columns.next(), chat: try columns.next(),
                    event: try columns.next(), kind: try columns.next(), externalID: try columns.next(),
                    bytes: try columns.next(), receivedAt: try columns.next())
            }
        }
    }

    /// Throws `notFound`, and changes nothing, where one of the rows was not set aside.
    package func settle(
        setAside ids: [Int64], as fate: SetAsideFate, by actor: String
    ) async throws(EralinkError) {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let known = try await tx.query("SELECT id FROM inbox WHERE broken AND id = ANY(\(ids)) FOR UPDATE")
                    .values(Int64.self)
                if let stranger = ids.first(where: { !known.contains($0) }) {
                    throw EralinkError.notFound(
                        "no inbox row \(stranger) was set aside; look at \"eralink db inbox\"")
                }
                _ = try await tx.commit(after: [
                    .audited(actor, fate.action, [:]) {
                        "\(fate.change) WHERE broken AND id = ANY(\(ids)) RETURNING id::text AS name"
                    }
                ])
            }
        }
    }
}
