import Dispatch
import Domain
import Glibc
import Synchronization

/// Lines of a descriptor that is no terminal, one when it is asked for.
final class LineReader: Sendable {
    /// Past it a line is no message but a mistake.
    private static let longest = 1 << 20

    private struct State {
        var bytes: [UInt8] = []
        var isOver = false
    }

    private let descriptor: Int32
    private let stopped = Atomic(false)
    private let state = Mutex(State())

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func stop() async { stopped.store(true, ordering: .relaxed) }

    /// The next line without its end; nil at the end, after `stop()`, and when the task is cancelled. One task asks.
    func nextLine() async throws -> String? {
        while true {
            if stopped.load(ordering: .relaxed) || Task.isCancelled { return nil }
            if let line = state.withLock({ Self.takeLine(&$0) }) { return line }
            if state.withLock(\.isOver) { return nil }
            try await read()
        }
    }

    private static func takeLine(_ state: inout State) -> String? {
        guard let end = state.bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            guard state.isOver, !state.bytes.isEmpty else { return nil }
            defer { state.bytes = [] }
            return String(decoding: state.bytes, as: UTF8.self)
        }
        defer { state.bytes.removeSubrange(...end) }
        return String(decoding: state.bytes[..<end], as: UTF8.self)
    }

    /// Reads what is there; looks up ten times a second whether it shall go on.
    private func read() async throws {
        let descriptor = descriptor
        let chunk: [UInt8]? = try await withCheckedThrowingContinuation { continuation in
            // Reading blocks: not on the cooperative pool.
            DispatchQueue.global().async {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&waiting, 1, 100) != 0 else { return continuation.resume(returning: []) }
                var chunk = [UInt8](repeating: 0, count: 65_536)
                let count = Glibc.read(descriptor, &chunk, chunk.count)
                if count < 0, errno != EINTR, errno != EAGAIN {
                    let reason = String(cString: strerror(errno))
                    let error = EralinkError(.internal, "cannot read standard input: \(reason)", retryable: false)
                    return continuation.resume(throwing: error)
                }
                continuation.resume(returning: count == 0 ? nil : Array(chunk.prefix(max(count, 0))))
            }
        }
        try state.withLock { state in
            guard let chunk else { return state.isOver = true }
            state.bytes += chunk
            guard state.bytes.count <= Self.longest || state.bytes.contains(UInt8(ascii: "\n")) else {
                throw EralinkError(.tooLarge, "a line of standard input is longer than \(ByteSize.show(Self.longest))")
            }
        }
    }
}
