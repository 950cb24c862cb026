import Glibc
import Synchronization

/// A terminal with a test in front of it: keys go in, and a screen shows what a person would see.
///
/// A thread reads what is written to it, so that nobody who writes ever waits for the test.
package final class PseudoTerminal: Sendable {
    package struct Failure: Error {
        let what: String
    }

    private struct State {
        var screen: TerminalScreen
        var bytes: [UInt8] = []
        var isOver = false
    }

    private let master: Int32
    /// What the program has as its terminal; closed by `closeProgramSide`.
    package let programSide: Int32
    /// The path of the same.
    package let path: String
    private let state: Mutex<State>
    private let isClosed = Atomic(false)

    package init(columns: Int = 80, rows: Int = 24) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var unlocked: Int32 = 0
        var number: UInt32 = 0
        // TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), which the Glibc module does not show.
        guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw Failure(what: "no pseudo-terminal")
        }
        path = "/dev/pts/\(number)"
        programSide = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        state = Mutex(State(screen: TerminalScreen(columns: columns, rows: rows)))
        try resize(columns: columns, rows: rows)
        try startReading()
    }

    deinit { close() }

    private func startReading() throws {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Reader(terminal: self, descriptor: master)).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Reader>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
        guard status == 0 else { throw Failure(what: "no thread") }
        pthread_detach(thread)
    }

    /// Holds the terminal only while bytes are handed over, so that a test that forgets it ends the thread.
    private final class Reader: Sendable {
        private let terminal: Mutex<WeakTerminal>
        private let descriptor: Int32

        private struct WeakTerminal {
            weak var terminal: PseudoTerminal?
        }

        init(terminal: PseudoTerminal, descriptor: Int32) {
            self.terminal = Mutex(WeakTerminal(terminal: terminal))
            self.descriptor = descriptor
        }

        func run() {
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let ready = poll(&waiting, 1, 100)
                guard let terminal = terminal.withLock(\.terminal), !terminal.isClosed.load(ordering: .relaxed) else {
                    return
                }
                guard ready > 0 else { continue }
                let count = read(descriptor, &chunk, chunk.count)
                guard count > 0 else { return terminal.ended() }
                terminal.received(Array(chunk[..<count]))
            }
        }
    }

    private func received(_ bytes: [UInt8]) {
        state.withLock { state in
            state.bytes += bytes
            state.screen.feed(bytes)
        }
    }

    private func ended() { state.withLock { $0.isOver = true } }

    package func type(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    package func resize(columns: Int, rows: Int) throws {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        guard ioctl(master, UInt(TIOCSWINSZ), &size) == 0 else { throw Failure(what: "no size") }
        state.withLock { $0.screen.resize(columns: columns, rows: rows) }
    }

    /// The lines of the screen without blanks at their ends, from the first down to the last that is not empty.
    package var lines: [String] { state.withLock(\.screen.lines) }

    /// Everything that was written, as it came.
    package var written: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    /// The terminal's mode, as the program has set it.
    package var isEchoing: Bool {
        var mode = termios()
        tcgetattr(programSide, &mode)
        return mode.c_lflag & UInt32(ECHO) != 0 && mode.c_lflag & UInt32(ICANON) != 0
    }

    /// Waits until the screen is as wanted; the screen as it was last. The clock only ends what would never come.
    @discardableResult
    package func wait(
        upTo limit: Duration = .seconds(60), until isThere: @Sendable ([String]) -> Bool
    ) async throws -> [String] {
        let clock = ContinuousClock()
        let end = clock.now + limit
        while true {
            let lines = lines
            if isThere(lines) { return lines }
            guard clock.now < end else {
                throw Failure(what: "the screen never came to that; it is\n" + lines.joined(separator: "\n"))
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Hangs up.
    package func close() {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        Glibc.close(programSide)
        Glibc.close(master)
    }
}
