import Domain
import Postgres

/// Files that agents bring.
extension Store {
    /// The place of a file that is on its way in. Nothing of it is seen before `finishUpload`.
    package func beginUpload(
        _ id: FileID, account: AccountID, name: String, by uploader: String
    ) async throws(EralinkError) {
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                """
                INSERT INTO file (id, account_id, role, state, name, uploader)
                VALUES (\(id), \(account), 'upload', 'pending', \(name), \(uploader))
                """
            ])
        }
    }

    /// Writes one chunk of a file that is on its way in. The share lock makes whoever removes the file, or takes it over, wait for
    /// this chunk, so that none is left behind.
    ///
    /// - Parameter epoch: of the lease by which it is fetched; nil for an upload.
    /// Throws `unavailable` where the file was removed or another holder of the lease has it.
    func putChunk(_ bytes: [UInt8], number: Int, of id: FileID, epoch: Int64?) async throws(EralinkError) {
        let put = try await asEralinkError { () async throws in
            try await pool.batch([
                """
                WITH f AS (
                    SELECT id FROM file
                    WHERE id = \(id) AND state = 'pending' AND claimed_epoch IS NOT DISTINCT FROM \(epoch) FOR SHARE)
                INSERT INTO file_chunk (file_id, n, data) SELECT f.id, \(Int32(number)), \(bytes) FROM f
                """
            ])[0].affected
        }
        guard put == 1 else {
            throw EralinkError(.unavailable, "file \(id) is not taken any more", retryAfterMilliseconds: 1000)
        }
    }

    /// The file is whole from here on. Throws `unavailable` where its place was removed meanwhile.
    package func finishUpload(
        _ id: FileID, name: String, mime: String, _ digest: FileContent.Digest
    ) async throws(EralinkError) {
        let finished = try await asEralinkError { () async throws in
            try await pool.batch([
                """
                UPDATE file SET state = 'ready', name = \(name), mime = \(mime), size = \(digest.size),
                    sha256 = \(digest.sha256), ready_at = clock_timestamp()
                WHERE id = \(id) AND state = 'pending'
                """
            ])[0].affected
        }
        guard finished == 1 else {
            throw EralinkError(.unavailable, "the upload took too long; send it again", retryAfterMilliseconds: 1000)
        }
    }

    /// Removes a file and its bytes, those too that are just being written.
    package func dropFile(_ id: FileID) async throws(EralinkError) {
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                "DELETE FROM file WHERE id = \(id)", "DELETE FROM file_chunk WHERE file_id = \(id)",
            ])
        }
    }
}
