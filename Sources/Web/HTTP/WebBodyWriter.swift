import Hummingbird
import NIOCore

/// Where the body of a streamed response is written, while `produce` runs and no longer.
///
/// It counts the bytes against the announced length: a client must never take a part for the whole, nor find another
/// response's bytes in it.
package final class WebBodyWriter {
    struct WrongLength: Error {
        let announced: Int64
        let written: Int64
    }

    /// Bytes that may be on their way to the event loop before it is asked whether the channel can take more.
    private static let unsettledLimit = 256 * 1024

    private var base: any ResponseBodyWriter
    private let loop: any EventLoop
    private var unsettled = 0
    private let length: Int64?
    private var written: Int64 = 0

    init(_ base: any ResponseBodyWriter, length: Int64?, loop: any EventLoop) {
        self.base = base
        self.loop = loop
        self.length = length
    }

    /// Returns when the connection can take more.
    package func write(_ bytes: [UInt8]) async throws {
        written += Int64(bytes.count)
        if let length, written > length { throw WrongLength(announced: length, written: written) }
        guard !bytes.isEmpty else { return }
        try await base.write(ByteBuffer(bytes: bytes))
        unsettled += bytes.count
        guard unsettled >= Self.unsettledLimit else { return }
        // NIO's async writer learns that the channel is full only when the loop has run: without this wait a busy loop
        // would let the producer fill the memory.
        unsettled = 0
        try await loop.submit {}.get()
    }

    func finish() async throws {
        if let length, written != length { throw WrongLength(announced: length, written: written) }
        try await base.finish(nil)
    }
}
