import Domain
import Postgres

/// A stretch of a file's bytes, read from the database when they are asked for: between two chunks it holds nothing but its place.
package struct FileBytes: AsyncSequence, Sendable {
    let store: Store
    let id: FileID
    /// From the file's beginning; within its size.
    let range: Range<Int64>

    package func makeAsyncIterator() -> Iterator { Iterator(bytes: self, next: range.lowerBound) }

    package struct Iterator: AsyncIteratorProtocol {
        let bytes: FileBytes
        fileprivate(set) var next: Int64

        package mutating func next() async throws -> [UInt8]? {
            guard next < bytes.range.upperBound else { return nil }
            let piece = try await bytes.piece(from: next)
            next += Int64(piece.count)
            return piece
        }
    }

    /// The bytes from a place in the range on, up to the end of the chunk that holds it or of the range.
    ///
    /// Throws `not_found` where the file was removed meanwhile, `unavailable` where the database is away.
    package func piece(from place: Int64) async throws(EralinkError) -> [UInt8] {
        let size = Int64(FileContent.chunkBytes)
        let number = place / size
        let chunk = try await store.chunk(number, of: id)
        let from = Int(place - number * size)
        let to = Int(Swift.min(Int64(chunk.count), range.upperBound - number * size))
        guard from < to else { throw EralinkError.notFound("the bytes of file \(id) are gone") }
        return from == 0 && to == chunk.count ? chunk : Array(chunk[from..<to])
    }
}

extension Store {
    package func bytes(of id: FileID, in range: Range<Int64>) -> FileBytes {
        FileBytes(store: self, id: id, range: range)
    }

    fileprivate func chunk(_ number: Int64, of id: FileID) async throws(EralinkError) -> [UInt8] {
        let found: [UInt8]? = try await asEralinkError { () async throws in
            try await pool.batch(["SELECT data FROM file_chunk WHERE file_id = \(id) AND n = \(Int32(number))"])[0]
                .first?
                .value(at: 0)
        }
        guard let found else { throw .notFound("the bytes of file \(id) are gone") }
        return found
    }
}
