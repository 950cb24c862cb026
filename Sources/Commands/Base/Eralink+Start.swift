import Dispatch
import FoundationEssentials
import Glibc
import Terminal

extension Eralink {
    /// The whole program. Ends the process with the exit status.
    ///
    /// It is not `async`, because the runtime opens descriptors of its own before an asynchronous `main` runs.
    package static func start() -> Never {
        reserveStandardDescriptors()
        // Writing to a reader that has gone is an error to handle (exit 141), also inside libcurl and libpq.
        signal(SIGPIPE, SIG_IGN)
        exitOnInterrupt()
        // Else libdispatch tells the system's log of each thread that it may not give priority to, at every run of anybody but root.
        setenv("LIBDISPATCH_LOG", "NO", 0)
        let columns = TerminalDevice.isTerminal(STDOUT_FILENO) ? TerminalDevice.columns(STDOUT_FILENO) ?? 80 : nil
        let runner = CommandRunner(
            standardOutput: OutputStream(descriptor: STDOUT_FILENO, capacity: 16_384),
            standardError: OutputStream(descriptor: STDERR_FILENO, capacity: 0), input: .process(),
            environment: ProcessInfo.processInfo.environment, columns: columns)
        // The process ends with it; nobody waits for the task itself.
        Task { exit(await runner.run(Array(CommandLine.arguments.dropFirst()))) }
        dispatchMain()
    }

    /// A descriptor closed by our parent would be given to the next file or socket, and output would land in it. It is opened
    /// for the wrong direction, so that using it still fails.
    private static func reserveStandardDescriptors() {
        for (descriptor, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", flags)
        }
    }

    /// Ctrl-C ends a short command with 130; long work takes the signal over by `withInterruption`, daemons by their service
    /// group. Where our parent has us ignore it (`nohup`, `&` in a script), it stays ignored.
    private static func exitOnInterrupt() {
        var current = sigaction()
        sigaction(SIGINT, nil, &current)
        let isIgnored =
            unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        if !isIgnored { signal(SIGINT) { _ in _exit(ExitStatus.interrupted.rawValue) } }
    }
}
