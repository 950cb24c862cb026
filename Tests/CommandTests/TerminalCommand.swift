import Dispatch
import Glibc
import TestSupport

/// The built `eralink` in a terminal of its own, as a person has it: keys reach it, Ctrl-C too.
struct TerminalCommand: Sendable {
    let terminal: PseudoTerminal
    let pid: pid_t

    /// Runs a command line for the time of `body`; ended by its id where it has not ended by itself.
    static func with<R>(
        _ arguments: [String], environment: [String: String], columns: Int = 80, rows: Int = 24,
        _ body: (TerminalCommand) async throws -> R
    ) async throws -> R {
        let terminal = try PseudoTerminal(columns: columns, rows: rows)
        defer { terminal.close() }
        let pid = try spawn(try BuiltCommand.path(), arguments, environment, terminal)
        let command = TerminalCommand(terminal: terminal, pid: pid)
        do {
            let result = try await body(command)
            await command.end()
            return result
        } catch {
            await command.end()
            throw error
        }
    }

    /// Its exit status once it has ended by itself; negative for a signal.
    func status() async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [pid] in
                var info = siginfo_t()
                // Left waitable, so that `end` never meets another process with its id.
                waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT)
                let status = info._sifields._sigchld.si_status
                continuation.resume(returning: info.si_code == Int32(CLD_EXITED) ? status : -status)
            }
        }
    }

    private func end() async {
        kill(pid, SIGKILL)
        _ = await status()
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String: String], _ terminal: PseudoTerminal
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        // A session of its own: the terminal that it opens first is the one whose Ctrl-C it gets.
        // POSIX_SPAWN_SETSID, which the Glibc module does not show without GNU extensions.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF) | 0x80)
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, terminal.path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO)
        var variables = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "xterm", "LANG": "C.UTF-8"]
        variables.merge(environment) { _, new in new }
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, path, &actions, &attributes, argv, envp)
        guard code == 0 else { throw BuiltCommand.Failure(what: "cannot run \(path): \(code)") }
        return child
    }
}
