import Domain
import Postgres

/// A stretch of a file's bytes, read from the database when they are asked for: between two chunks it holds nothing but its place.
package struct FileBytes: AsyncSequence, Sendable {
    let store: Store
    let id: FileID
    /// From the file's beginning; within its size.
    let range: Range<Int64>

    package func makeAsyncIterator() -> Iterator { Iterator(store: store, id: id, range: range) }

    package struct Iterator: AsyncIteratorProtocol {
        let store: Store
        let id: FileID
        private var next: Int64
        private let end: Int64

        init(store: Store, id: FileID, range: Range<Int64>) {
            self.store = store
            self.id = id
            next = range.lowerBound
            end = range.upperBound
        }

        /// Throws `not_found` where the file was removed meanwhile, `unavailable` where the database is away.
        package mutating func next() async throws -> [UInt8]? {
            guard next < end else { return nil }
            let size = Int64(FileContent.chunkBytes)
            let number = next / size
            let chunk = try await store.chunk(number, of: id)
            let from = Int(next - number * size)
            let to = Int(Swift.min(Int64(chunk.count), end - number * size))
            guard from < to else { throw EralinkError.notFound("the bytes of file \(id) are gone") }
            next = number * size + Int64(to)
            return from == 0 && to == chunk.count ? chunk : Array(chunk[from..<to])
        }
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
