import Glibc
import Postgres
import Synchronization

/// What can happen to the server: stop, crash, hang, come back.
extension ScratchPostgres {
    /// Starts the server again after `stop()` or `kill()`, on the same port, and waits until it answers.
    package func start() async throws {
        for _ in 0..<5 {
            let isFirstStart = port == 0
            let chosen = isFirstStart ? Int(try FreePorts.take()) : port
            let process = try launch(["-D", directory + "/data", "-p", String(chosen)])
            state.withLock { $0 = State(port: chosen, process: process) }
            if try await answers(process) { return }
            await ended(process)
            // Somebody took the port between our looking and the server's.
            if isFirstStart, log.contains("Address already in use") { state.withLock { $0.port = 0 } }
        }
        throw SandboxError("PostgreSQL did not start; its log ends with: \(log.suffix(2000))")
    }

    private func launch(_ arguments: [String]) throws -> ChildProcess {
        let (program, log) = (programs.path("postgres"), directory + "/log")
        guard let volume = options.volume else {
            return try programs.start(program, arguments, in: scratch, log: log)
        }
        return try programs.start(program, arguments, onVolume: volume, in: scratch, log: log)
    }

    /// Waits for readiness by connecting; false when the server has ended instead.
    private func answers(_ process: ChildProcess) async throws -> Bool {
        let clock = ContinuousClock()
        let limit = clock.now + options.startLimit
        var reason = ""
        while clock.now < limit {
            do {
                await (try connect()).close()
                return true
            } catch {
                reason = error.message
            }
            if !process.isRunning { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw SandboxError("PostgreSQL did not answer within \(options.startLimit): \(reason)")
    }

    /// Waits for the end of the server that was started last; nobody is to signal its process id any more.
    private func ended(_ process: ChildProcess) async {
        await process.waitForEnd()
        scratch.forget(process.pid)
    }

    private var running: ChildProcess? {
        state.withLock { $0.process }.flatMap { $0.isRunning ? $0 : nil }
    }

    /// The postmaster, first, and its children; none while it does not run.
    package var processes: [pid_t] { running.map { [$0.pid] + ProcessTable.children(of: $0.pid) } ?? [] }

    /// Ends the server as an administrator would (fast shutdown) and waits for its end.
    package func stop() async {
        guard let running else { return }
        running.signal(SIGINT)
        await ended(running)
    }

    /// Ends the server and all its processes without notice, as a crash would.
    package func kill() async {
        guard let running else { return }
        // Stopped first, so that it neither makes nor tidies up after children, and they are still its own.
        running.signal(SIGSTOP)
        let children = ProcessTable.children(of: running.pid)
        running.signal(SIGKILL)
        for child in children { Glibc.kill(child, SIGKILL) }
        await ended(running)
        await ProcessTable.waitForEnd(of: children)
    }

    /// Stops the server and all its processes in their tracks: connections stay open and nothing answers.
    package func pause() async {
        guard let running else { return }
        running.signal(SIGSTOP)
        await ProcessTable.waitUntilStopped(running.pid)
        let children = ProcessTable.children(of: running.pid)
        for child in children { Glibc.kill(child, SIGSTOP) }
        for child in children { await ProcessTable.waitUntilStopped(child) }
    }

    package func resume() {
        guard let running else { return }
        for child in ProcessTable.children(of: running.pid) { Glibc.kill(child, SIGCONT) }
        running.signal(SIGCONT)
    }
}
