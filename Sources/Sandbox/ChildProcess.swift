import Glibc
import Synchronization

/// A program that this process started, in a session of its own (Ctrl-C does not reach it) and with no descriptor of ours.
///
/// Ended by its pid, never by name. `ScratchWatchdog` ends it where this process dies first.
package final class ChildProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(description: String) { self.description = description }
    }

    private struct State {
        /// The wait status, once the child has ended and been reaped.
        var status: CInt?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    package let pid: pid_t
    private let state = Mutex(State())

    private init(pid: pid_t) { self.pid = pid }

    /// - Parameters:
    ///   - program: an absolute path, or a name looked up in PATH.
    ///   - directory: the child's working directory; nil for ours. Where the program cannot be started in it, the child
    ///     says so in `errors` and ends with status 125 to 127.
    ///   - output: the file that stdout and stderr are appended to; nil for none.
    ///   - errors: the file for stderr, where it is not the same.
    ///   - input: a descriptor for stdin; nil for none.
    package static func start(
        _ program: String, _ arguments: [String], environment: [String]? = nil, directory: String? = nil,
        output: String? = nil, errors: String? = nil, input: CInt? = nil
    ) throws -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        if let errors {
            posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        for descriptor in openDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        var allSignals = sigset_t()
        sigfillset(&allSignals)
        posix_spawnattr_setsigdefault(&attributes, &allSignals)
        let newSession: CInt = 0x80
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | Int16(newSession))

        // The call that sets the directory is not among those that Swift sees.
        let command = (directory.map { ["env", "--chdir=\($0)", "--"] } ?? []) + [program] + arguments
        var argv = command.map { strdup($0) } + [nil]
        var envp = (environment ?? currentEnvironment()).map { strdup($0) } + [nil]
        defer {
            for text in argv { free(text) }
            for text in envp { free(text) }
        }
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, command[0], &actions, &attributes, &argv, &envp)
        guard error == 0 else {
            throw Failure(description: "cannot start \(program): \(String(cString: strerror(error)))")
        }
        return ChildProcess(pid: pid)
    }

    private static func currentEnvironment() -> [String] {
        var variables: [String] = []
        var next = environ
        while let variable = next.pointee {
            variables.append(String(cString: variable))
            next += 1
        }
        return variables
    }

    /// Our descriptors above stderr. Not every library opens its own with CLOEXEC; one that is closed meanwhile does no harm.
    private static func openDescriptors() -> [CInt] {
        guard let directory = opendir("/proc/self/fd") else { return [] }
        defer { closedir(directory) }
        var descriptors: [CInt] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let descriptor = CInt(name), descriptor > 2, descriptor != dirfd(directory) {
                descriptors.append(descriptor)
            }
        }
        return descriptors
    }

    /// False once the child has ended; reaps it then.
    package var isRunning: Bool {
        state.withLock { state in
            if state.status != nil { return false }
            var new: CInt = 0
            let result = waitpid(pid, &new, WNOHANG)
            if result == 0 { return true }
            state.status = result == pid ? new : -1
            return false
        }
    }

    /// The exit status, or the signal that ended it as a negative number; nil while it runs.
    package var exitStatus: CInt? {
        guard !isRunning else { return nil }
        return state.withLock { state in
            guard let status = state.status else { return nil }
            return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        }
    }

    /// Sends a signal to the child, and to nobody once it has been reaped.
    package func signal(_ signal: CInt) {
        state.withLock { state in
            if state.status == nil { _ = kill(pid, signal) }
        }
    }

    /// Returns once the child has ended and been reaped, also where the task is cancelled.
    package func waitForEnd() async {
        await withCheckedContinuation { continuation in
            enum Turn { case over, first, next }
            let turn = state.withLock { state in
                if state.status != nil { return Turn.over }
                state.waiters.append(continuation)
                return state.waiters.count == 1 ? .first : .next
            }
            switch turn {
            case .over: continuation.resume()
            case .first: DetachedThread.run { self.blockUntilEnd() }
            case .next: break
            }
        }
    }

    private func blockUntilEnd() {
        // Leaves the child to be reaped under the lock, by us or by whoever asks for its state.
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        _ = isRunning
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once the child has ended; kills it where it has not within `limit`.
    package func waitForEnd(killingAfter limit: Duration) async {
        // Not a child task: the limit holds although ours is cancelled. Ended below.
        let killer = Task {
            try await Task.sleep(for: limit)
            self.signal(SIGKILL)
        }
        await waitForEnd()
        killer.cancel()
    }

    /// Returns once the child has ended; kills it where it has not within `grace` of `signal`.
    package func end(with signal: CInt = SIGTERM, grace: Duration = .seconds(10)) async {
        self.signal(signal)
        await waitForEnd(killingAfter: grace)
    }
}
