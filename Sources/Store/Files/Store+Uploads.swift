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

    func putChunk(_ bytes: [UInt8], number: Int, of id: FileID) async throws(EralinkError) {
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                "INSERT INTO file_chunk (file_id, n, data) VALUES (\(id), \(Int32(number)), \(bytes))"
            ])
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

    /// Removes a file and its bytes.
    package func dropFile(_ id: FileID) async throws(EralinkError) {
        try await asEralinkError { () async throws in
            _ = try await pool.batch([
                "DELETE FROM file_chunk WHERE file_id = \(id)", "DELETE FROM file WHERE id = \(id)",
            ])
        }
    }
}
