import Dispatch
import Domain
import Glibc

/// Standard input, as far as commands use it.
package struct CommandInput: Sendable {
    package var isTerminal: Bool
    /// Everything up to the end of the input, at most `limit` bytes; throws `too_large` past it.
    package var readAll: @Sendable (_ limit: Int) async throws -> [UInt8]

    package init(isTerminal: Bool, readAll: @escaping @Sendable (Int) async throws -> [UInt8]) {
        self.isTerminal = isTerminal
        self.readAll = readAll
    }

    package static func process() -> CommandInput {
        CommandInput(isTerminal: isatty(STDIN_FILENO) == 1) { limit in
            // Reading blocks for as long as a person types: not on the cooperative pool.
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(with: Result { try readToEnd(limit: limit) })
                }
            }
        }
    }

    private static func readToEnd(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw EralinkError(
                    .internal, "cannot read standard input: \(String(cString: strerror(errno)))", retryable: false)
            }
            guard bytes.count + count <= limit else {
                throw EralinkError(.tooLarge, "standard input is longer than \(ByteSize.show(limit))")
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}
