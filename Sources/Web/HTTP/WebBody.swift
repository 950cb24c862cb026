import Domain
import Hummingbird
import NIOCore
import Synchronization

/// A request's body as chunks of bytes, read from the socket at the reader's pace. It can be read once.
///
/// Reading throws `too_large` past the route's limit, and `invalid_request` where the client stopped before the length it
/// had announced.
package struct WebBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]

    private let source: Source?

    /// What has become of the body, so that the connection knows whether the next request can follow on it.
    final class Source: Sendable {
        let body: RequestBody
        let limit: Int64
        let announced: Int64?
        /// Told once, before the first chunk is waited for: the place to answer `Expect: 100-continue`.
        let willRead: @Sendable () -> Void
        let progress = Mutex(Progress())

        struct Progress {
            var begun = false
            var received: Int64 = 0
            var ended = false
        }

        init(body: RequestBody, limit: Int64, announced: Int64?, willRead: @escaping @Sendable () -> Void) {
            self.body = body
            self.limit = limit
            self.announced = announced
            self.willRead = willRead
        }
    }

    init(_ source: Source) { self.source = source }

    /// A body without bytes.
    package static let empty = WebBody()

    private init() { source = nil }

    package func makeAsyncIterator() -> Iterator {
        guard let source, source.progress.withLock({ claim(&$0) }) else { return Iterator(source: nil, base: nil) }
        source.willRead()
        return Iterator(source: source, base: source.body.makeAsyncIterator())
    }

    /// All the bytes. Throws `too_large` where they are more than `limit`.
    package func collect(upTo limit: Int = .max) async throws -> [UInt8] {
        if let announced = source?.announced, announced > Int64(limit) { throw Self.tooLarge(limit: Int64(limit)) }
        var bytes: [UInt8] = []
        if let announced = source?.announced { bytes.reserveCapacity(Int(clamping: Swift.min(announced, 1 << 20))) }
        for try await chunk in self {
            guard bytes.count + chunk.count <= limit else { throw Self.tooLarge(limit: Int64(limit)) }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
        }
        return bytes
    }

    private func claim(_ progress: inout Source.Progress) -> Bool {
        defer { progress.begun = true }
        return !progress.begun
    }

    static func tooLarge(limit: Int64) -> EralinkError {
        EralinkError(
            .tooLarge, "the body is larger than \(limit) bytes", details: [.init("limit", .integer(limit))])
    }

    package struct Iterator: AsyncIteratorProtocol {
        private let source: Source?
        private var base: RequestBody.AsyncIterator?

        init(source: Source?, base: RequestBody.AsyncIterator?) {
            self.source = source
            self.base = base
        }

        package mutating func next() async throws -> [UInt8]? {
            guard let source, base != nil else { return nil }
            let buffer: ByteBuffer?
            do {
                buffer = try await base?.next()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                base = nil
                throw EralinkError(.invalidRequest, "the request ended before its body")
            }
            guard let buffer else {
                base = nil
                let received = source.progress.withLock { progress in
                    progress.ended = true
                    return progress.received
                }
                if let announced = source.announced, received < announced {
                    throw EralinkError(.invalidRequest, "the body is shorter than its Content-Length")
                }
                return nil
            }
            let received = source.progress.withLock { progress in
                progress.received += Int64(buffer.readableBytes)
                return progress.received
            }
            guard received <= source.limit else {
                base = nil
                throw WebBody.tooLarge(limit: source.limit)
            }
            return Array(buffer.readableBytesView)
        }
    }
}
