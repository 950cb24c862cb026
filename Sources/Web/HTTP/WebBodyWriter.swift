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

    private var base: any ResponseBodyWriter
    private let length: Int64?
    private var written: Int64 = 0

    init(_ base: any ResponseBodyWriter, length: Int64?) {
        self.base = base
        self.length = length
    }

    /// Returns when the connection can take more.
    package func write(_ bytes: [UInt8]) async throws {
        written += Int64(bytes.count)
        if let length, written > length { throw WrongLength(announced: length, written: written) }
        guard !bytes.isEmpty else { return }
        try await base.write(ByteBuffer(bytes: bytes))
    }

    func finish() async throws {
        if let length, written != length { throw WrongLength(announced: length, written: written) }
        try await base.finish(nil)
    }
}
