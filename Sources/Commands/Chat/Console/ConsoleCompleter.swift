import Synchronization
import Terminal

/// Joins an editor, which asks for completions, and the session, which is made after it and knows them.
final class ConsoleCompleter: Sendable {
    private let holder = Mutex<ConsoleSession?>(nil)

    var session: ConsoleSession? {
        get { holder.withLock(\.self) }
        set { holder.withLock { $0 = newValue } }
    }

    func complete(_ line: String) -> LineCompletion { session?.completion(of: line) ?? .none }
}

extension LineEditor {
    /// Words beside the result while the editor has the terminal: above the prompt.
    nonisolated var stream: OutputStream {
        OutputStream(capacity: 0) { bytes in
            var text = String(decoding: bytes, as: UTF8.self)
            if text.hasSuffix("\n") { text.removeLast() }
            self.printSoon(text)
        }
    }
}
