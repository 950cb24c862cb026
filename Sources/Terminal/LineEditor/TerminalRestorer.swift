import Glibc
import Synchronization

/// The mode that a terminal had before it was taken over, to be put back on every way out.
final class TerminalRestorer: Sendable {
    private let descriptor: Int32
    private let mode: termios

    /// The one that has the terminal now; what ends the process at once restores it.
    private static let current = Mutex<TerminalRestorer?>(nil)

    /// Nil where the descriptor is no terminal.
    init?(_ descriptor: Int32) {
        var mode = termios()
        guard tcgetattr(descriptor, &mode) == 0 else { return nil }
        self.descriptor = descriptor
        self.mode = mode
        Self.current.withLock { $0 = self }
    }

    func restore() {
        var mode = mode
        tcsetattr(descriptor, TCSADRAIN, &mode)
        Self.current.withLock { if $0 === self { $0 = nil } }
    }

    static func restoreCurrent() { current.withLock(\.self)?.restore() }
}

extension TerminalDevice {
    /// Puts the terminal back where an editor has it: to be called before the process ends without unwinding.
    package static func restore() { TerminalRestorer.restoreCurrent() }
}
