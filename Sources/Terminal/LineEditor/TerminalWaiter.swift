import CEditLine
import Glibc
import LoopExecutor

/// How the editor's thread idles: in `poll` on the keyboard and on an eventfd that wakes it.
///
/// Sendable although it has mutable state: `editing` is touched on the loop's thread only; the eventfd never changes.
final class TerminalWaiter: LoopWaiter, @unchecked Sendable {
    private let input: Int32
    private let wakeFD: Int32
    private let lines: LineQueue
    private var editing: EditLineHandle?

    init(input: Int32, lines: LineQueue) {
        self.input = input
        self.lines = lines
        wakeFD = eralink_editor_eventfd()
        precondition(wakeFD >= 0, "cannot make an eventfd: \(String(cString: strerror(errno)))")
    }

    deinit { close(wakeFD) }

    /// On the loop only; nil ends the reading.
    func edit(_ handle: EditLineHandle?) { editing = handle }

    func wake() {
        var one: UInt64 = 1
        // A full counter means that a wake-up is pending already.
        _ = write(wakeFD, &one, 8)
    }

    func wait() {
        let isReading = editing != nil && !lines.isFull
        var waiting = [
            pollfd(fd: wakeFD, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isReading ? input : -1, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, -1) > 0 else { return }
        if waiting[0].revents != 0 {
            var count: UInt64 = 0
            _ = read(wakeFD, &count, 8)
        }
        guard let editing, waiting[1].revents != 0 else { return }
        // Whoever was at the other end of the terminal has gone.
        if Int32(waiting[1].revents) & (POLLHUP | POLLERR | POLLNVAL) != 0 { return lines.finish() }
        switch editing.readKey() {
        case .editing: return
        case .line(let line): lines.append(line)
        case .end: lines.finish()
        }
    }
}
