import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// The built `eralink`, run from outside as people run it: with its own arguments, environment, directory and descriptors.
struct BuiltCommand {
    struct Result: Sendable, Equatable {
        var status: Int32
        var stdout: String
        var stderr: String
    }

    enum StandardOutput {
        case captured
        /// A terminal of 80 columns.
        case terminal
        /// A pipe that nobody reads.
        case closedPipe
        /// No descriptor at all.
        case closed
        case file(String)
    }

    struct Failure: Error {
        let what: String
    }

    /// Beside the bundle of the tests, where SwiftPM puts every product.
    static func path() throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = bundle.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/eralink"
        guard access(path, X_OK) == 0 else { throw Failure(what: "no built eralink at \(path)") }
        return path
    }

    /// Runs a command line to its end. The environment holds nothing but what is given, and a home without files.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], stdout: StandardOutput = .captured,
        stdin: String = "/dev/null", onStart: @escaping @Sendable (pid_t) -> Void = { _ in }
    ) async throws -> Result {
        let path = try path()
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Swift.Result {
                        try spawn(
                            path, arguments, environment: environment, stdout: stdout, stdin: stdin, onStart: onStart)
                    })
            }
        }
    }

    /// Held while descriptors exist that a second child must not inherit: it would keep a pipe open past its own child's end.
    private static let spawning = Mutex(())

    private static func spawn(
        _ path: String, _ arguments: [String], environment: [String: String], stdout: StandardOutput,
        stdin: String, onStart: (pid_t) -> Void
    ) throws -> Result {
        let (child, error, output) = try spawning.withLock { _ in
            try start(path, arguments, environment: environment, stdout: stdout, stdin: stdin)
        }
        defer {
            error.close()
            output?.close()
        }
        onStart(child)
        let (outputText, errorText) = Channel.readToEnd(output, error)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        // A death by signal is told as shells tell it, but negative, so that no exit status looks like it.
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        return Result(status: code, stdout: outputText, stderr: errorText)
    }

    private static func start(
        _ path: String, _ arguments: [String], environment: [String: String], stdout: StandardOutput, stdin: String
    ) throws -> (pid_t, error: Channel, output: Channel?) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        sigaddset(&defaults, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

        let error = try Channel.pipe()
        let output = try makeOutput(stdout)
        if case .closedPipe = stdout { output?.closeRead() }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, stdin, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, error.write, STDERR_FILENO)
        switch stdout {
        case .closed: posix_spawn_file_actions_addclose(&actions, STDOUT_FILENO)
        case .file(let file): posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, file, O_WRONLY, 0)
        default: if let output { posix_spawn_file_actions_adddup2(&actions, output.write, STDOUT_FILENO) }
        }
        let child = try withCStrings([path] + arguments) { argv in
            var variables = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "xterm"]
            variables.merge(environment) { _, new in new }
            return try withCStrings(variables.map { "\($0.key)=\($0.value)" }) { envp in
                var child: pid_t = 0
                let code = posix_spawn(&child, path, &actions, &attributes, argv, envp)
                guard code == 0 else { throw Failure(what: "cannot run \(path): \(code)") }
                return child
            }
        }
        error.closeWrite()
        output?.closeWrite()
        return (child, error, output)
    }

    private static func makeOutput(_ stdout: StandardOutput) throws -> Channel? {
        switch stdout {
        case .captured, .closedPipe: try Channel.pipe()
        case .terminal: try Channel.terminal()
        case .closed, .file: nil
        }
    }

    private static func withCStrings<R>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> R
    ) rethrows -> R {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return try body(pointers + [nil])
    }
}

/// Two ends of a pipe or of a terminal. Only the one thread that does the run touches it.
private final class Channel: @unchecked Sendable {
    private(set) var read: Int32
    private(set) var write: Int32

    private init(read: Int32, write: Int32) {
        self.read = read
        self.write = write
    }

    static func pipe() throws -> Channel {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw BuiltCommand.Failure(what: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return Channel(read: ends[0], write: ends[1])
    }

    static func terminal() throws -> Channel {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var unlocked: Int32 = 0
        var number: UInt32 = 0
        // TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), which the Glibc module does not show.
        guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw BuiltCommand.Failure(what: "no terminal")
        }
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var size = winsize(ws_row: 25, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
        return Channel(read: master, write: slave)
    }

    /// Reads both at once: a child that fills one while we wait at the other would never end.
    static func readToEnd(_ channels: Channel?...) -> (String, String) {
        var texts: [[UInt8]] = [[], []]
        var waiting = channels.map { pollfd(fd: $0?.read ?? -1, events: Int16(POLLIN), revents: 0) }
        var chunk = [UInt8](repeating: 0, count: 4096)
        while waiting.contains(where: { $0.fd >= 0 }) {
            guard poll(&waiting, nfds_t(waiting.count), -1) > 0 else { continue }
            for index in waiting.indices where waiting[index].fd >= 0 && waiting[index].revents != 0 {
                let count = Glibc.read(waiting[index].fd, &chunk, chunk.count)
                // A terminal whose other end is gone gives EIO, a pipe 0.
                if count > 0 { texts[index] += chunk[..<count] } else { waiting[index].fd = -1 }
            }
        }
        return (String(decoding: texts[0], as: UTF8.self), String(decoding: texts[1], as: UTF8.self))
    }

    func closeRead() {
        if read >= 0 { Glibc.close(read) }
        read = -1
    }

    func closeWrite() {
        if write >= 0 { Glibc.close(write) }
        write = -1
    }

    func close() {
        closeRead()
        closeWrite()
    }
}
