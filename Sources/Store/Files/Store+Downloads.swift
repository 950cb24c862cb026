import Domain
import Postgres

/// A file that is to be fetched from the messenger.
package struct PendingDownload: Sendable {
    package var id: FileID
    package var role: FileRecord.Role
    package var chat: String
    package var source: String
    package var name: String?
    package var mime: String?
    /// This attempt included.
    package var attempts: Int
    /// Of the lease by which it was claimed.
    package var epoch: Int64
    /// Since the messenger announced it.
    package var age: Duration
}

extension Store {
    /// Takes files to be fetched now. One that an earlier holder of the lease was at is taken at once.
    package func claimDownloads(by proof: LeaseProof, limit: Int) async throws(EralinkError) -> [PendingDownload] {
        try await asEralinkError { () async throws in
            let result = try await pool.batch([
                """
                UPDATE file SET claimed_until = clock_timestamp() + interval '15 minutes', claimed_epoch = \(proof.epoch),
                    attempts = attempts + 1
                WHERE id IN (
                    SELECT id FROM file
                    WHERE account_id = \(proof.account) AND state = 'pending' AND role <> 'upload'
                        AND (not_before IS NULL OR not_before <= clock_timestamp())
                        AND (claimed_until IS NULL OR claimed_until <= clock_timestamp() OR claimed_epoch < \(proof.epoch))
                    ORDER BY created_at LIMIT \(Int32(limit)) FOR UPDATE SKIP LOCKED)
                RETURNING id, role, chat, coalesce(source, ''), name, mime, attempts,
                    (extract(epoch FROM clock_timestamp() - created_at) * 1000000)::bigint
                """
            ])[0]
            return try result.map { row in
                var columns = Columns(row)
                return PendingDownload(
                    id: try columns.next(), role: try columns.next(), chat: try columns.next() as String? ?? "",
                    source: try columns.next(), name: try columns.next(), mime: try columns.next(),
                    attempts: Int(try columns.next() as Int32), epoch: proof.epoch,
                    age: .microseconds(try columns.next() as Int64))
            }
        }
    }

    /// Removes what an earlier attempt has left.
    package func emptyFile(_ id: FileID) async throws(EralinkError) {
        try await asEralinkError { () async throws in
            _ = try await pool.batch(["DELETE FROM file_chunk WHERE file_id = \(id)"])
        }
    }

    /// Ends a download: the file is `ready` or `failed`, and the messages that show it will say so. Returns the inbox's last id,
    /// for the bell; nil where another holder of the lease has it by now, and nothing was changed.
    package func settle(
        _ download: PendingDownload, as file: StoredFile, sha256: [UInt8]?, account: AccountID
    ) async throws(EralinkError) -> Int64? {
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let isReady = file.state == .ready
                let settled = try await tx.query(
                    """
                    UPDATE file SET state = \(file.state), name = \(file.name), mime = \(file.mime), size = \(file.size),
                        sha256 = \(sha256), reason_code = \(file.reason?.code), reason_text = \(file.reason?.text),
                        ready_at = CASE WHEN \(isReady) THEN clock_timestamp() END, claimed_until = NULL
                    WHERE id = \(download.id) AND state = 'pending' AND claimed_epoch = \(download.epoch)
                    """)
                guard settled.affected == 1 else { return nil }
                let told = Inbound(key: nil, chat: download.chat, event: .file(file))
                return try await tx.commit(after: [
                    "DELETE FROM file_chunk WHERE file_id = \(download.id) AND NOT \(isReady)",
                    .storeInbox([told], account: account),
                ])[1].last?.value(at: 0)
            }
        }
    }

    /// Puts a download off.
    package func postpone(
        _ download: PendingDownload, for wait: Duration, reason: Reason
    ) async throws(EralinkError) {
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                """
                UPDATE file SET not_before = clock_timestamp() + make_interval(secs => \(wait.inSeconds)), claimed_until = NULL,
                    reason_code = \(reason.code), reason_text = \(reason.text)
                WHERE id = \(download.id) AND state = 'pending' AND claimed_epoch = \(download.epoch)
                """
            ])
        }
    }

    /// Chats whose customers' pictures have not been asked for within a day; asking is noted by being read.
    package func chatsWithoutPicture(of account: AccountID, limit: Int) async throws(EralinkError) -> [String] {
        try await asEralinkError { () async throws in
            try await pool.batch([
                """
                UPDATE customer SET avatar_at = clock_timestamp() WHERE id IN (
                    SELECT c.id FROM interaction i JOIN customer c ON c.id = i.customer_id
                    WHERE i.account_id = \(account) AND i.state <> 'closed'
                        AND (c.avatar_at IS NULL OR c.avatar_at < clock_timestamp() - interval '1 day')
                    ORDER BY c.id LIMIT \(Int32(limit)) FOR UPDATE OF c SKIP LOCKED)
                RETURNING external_id
                """
            ])[0].values(String.self)
        }
    }
}
