import Domain
import Glibc
import Synchronization

/// Bytes on their way out: a file descriptor, or memory in tests.
package final class OutputStream: Sendable {
    private let buffer = Mutex<[UInt8]>([])
    private let sink: @Sendable (UnsafeRawBufferPointer) throws -> Void
    /// What is buffered at most; 0 writes at once.
    private let capacity: Int

    package init(capacity: Int, sink: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void) {
        self.capacity = capacity
        self.sink = sink
    }

    /// Throws `CommandFailure.closedPipe` once nobody reads any more, `EralinkError` where the disk is full.
    package convenience init(descriptor: Int32, capacity: Int) {
        self.init(capacity: capacity) { try Self.writeAll(descriptor, $0) }
    }

    package func write(_ text: String) throws {
        try buffer.withLock { buffer in
            buffer.append(contentsOf: text.utf8)
            if buffer.count > capacity { try drain(&buffer) }
        }
    }

    package func flush() throws { try buffer.withLock { try drain(&$0) } }

    private func drain(_ buffer: inout [UInt8]) throws {
        // Emptied also after a failure: the same bytes would fail again at the next flush.
        defer { buffer.removeAll(keepingCapacity: true) }
        if !buffer.isEmpty { try buffer.withUnsafeBytes(sink) }
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // Whoever shares the terminal may have made it non-blocking.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
            case EPIPE, EBADF: throw CommandFailure.closedPipe
            case let code:
                throw EralinkError(
                    .internal, "cannot write the output: \(String(cString: strerror(code)))", retryable: false)
            }
        }
    }
}
