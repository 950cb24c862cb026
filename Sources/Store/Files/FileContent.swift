import Crypto
import Domain

/// Takes a file's bytes as they come and puts them into the database in chunks, so that a file of any size costs the memory of
/// one chunk. One writer.
package actor FileContent {
    /// What was written.
    package struct Digest: Sendable, Equatable {
        package var size: Int64
        package var sha256: [UInt8]
        /// The beginning, by which its type is known.
        package var head: [UInt8]
    }

    static let chunkBytes = 256 << 10
    private static let headBytes = 4096

    package nonisolated let id: FileID
    private let store: Store
    /// Of the lease by which the file is fetched; nil for what is uploaded.
    private let epoch: Int64?
    private let limit: Int64
    private var waiting: [UInt8] = []
    private var chunks = 0
    private var size: Int64 = 0
    private var hash = SHA256()
    private var head: [UInt8] = []

    /// Of an upload.
    ///
    /// - Parameter limit: bytes.
    package init(of id: FileID, store: Store, limit: Int64) {
        self.id = id
        self.store = store
        self.limit = limit
        epoch = nil
    }

    /// Of what a messenger gives.
    package init(of download: PendingDownload, store: Store, limit: Int64) {
        id = download.id
        self.store = store
        self.limit = limit
        epoch = download.epoch
    }

    /// Throws `too_large` past the limit, `unavailable` where the database is away or the file is not ours to write any more.
    package func append(_ bytes: [UInt8]) async throws(EralinkError) {
        size += Int64(bytes.count)
        guard size <= limit else { throw Self.tooLarge(limit) }
        hash.update(data: bytes)
        if head.count < Self.headBytes { head += bytes.prefix(Self.headBytes - head.count) }
        waiting += bytes
        var start = 0
        while waiting.count - start >= Self.chunkBytes {
            try await put(Array(waiting[start..<start + Self.chunkBytes]))
            start += Self.chunkBytes
        }
        if start > 0 { waiting.removeFirst(start) }
    }

    /// Writes what is left.
    package func finish() async throws(EralinkError) -> Digest {
        if !waiting.isEmpty { try await put(waiting) }
        waiting = []
        return Digest(size: size, sha256: Array(hash.finalize()), head: head)
    }

    private func put(_ chunk: [UInt8]) async throws(EralinkError) {
        try await store.putChunk(chunk, number: chunks, of: id, epoch: epoch)
        chunks += 1
    }

    package static func tooLarge(_ limit: Int64) -> EralinkError {
        EralinkError(.tooLarge, "the file is larger than \(limit) bytes", details: [.init("limit", .integer(limit))])
    }
}
