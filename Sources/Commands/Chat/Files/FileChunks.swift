import Dispatch
import Domain
import Glibc

/// A regular file on its way out, a chunk at a time.
struct FileChunks: AsyncSequence, Sendable {
    let path: String
    let length: Int
    /// Told of the bytes that were taken.
    let taken: @Sendable (Int) -> Void

    /// Throws a usage error for what is no regular file that can be read.
    init(path: String, taken: @escaping @Sendable (Int) -> Void = { _ in }) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure.usage(
                "cannot read the file \(path): \(String(cString: strerror(errno)))", details: [.init("file", path)])
        }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        // A directory has an end too, but cannot be read; a pipe has none, and its length must be known beforehand.
        var byte: UInt8 = 0
        guard end >= 0, pread(descriptor, &byte, 1, 0) >= 0 else {
            throw CommandFailure.usage("\(path) is no regular file", details: [.init("file", path)])
        }
        guard end > 0 else { throw CommandFailure.usage("the file \(path) is empty", details: [.init("file", path)]) }
        self.path = path
        length = Int(end)
        self.taken = taken
    }

    /// The last component of the path.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    func makeAsyncIterator() -> Iterator { Iterator(reader: Reader(path: path), taken: taken) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let reader: Reader
        let taken: @Sendable (Int) -> Void

        mutating func next() async throws -> [UInt8]? {
            try Task.checkCancellation()
            let chunk = try await reader.next()
            if let chunk { taken(chunk.count) }
            return chunk
        }
    }

    /// The open file. Read by the one task that iterates, on a queue, since a disk may be slow.
    fileprivate final class Reader: Sendable {
        private let descriptor: Int32

        init(path: String) { descriptor = open(path, O_RDONLY | O_CLOEXEC) }

        deinit { if descriptor >= 0 { close(descriptor) } }

        func next() async throws -> [UInt8]? {
            let descriptor = descriptor
            return try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    var chunk = [UInt8](repeating: 0, count: 131_072)
                    let count = read(descriptor, &chunk, chunk.count)
                    if count < 0 {
                        let reason = String(cString: strerror(errno))
                        let error = EralinkError(.internal, "the file cannot be read further: \(reason)")
                        return continuation.resume(throwing: error)
                    }
                    continuation.resume(returning: count == 0 ? nil : Array(chunk.prefix(count)))
                }
            }
        }
    }
}
