import Glibc
import JSON
import Synchronization

/// Real processes of the built `eralink` in a scratch directory: what the demo and the process tests run.
///
/// Gone with `remove()`, or with this process (`ScratchWatchdog`).
package final class Installation: Sendable {
    /// What a command printed, once it has ended.
    package struct Finished: Sendable {
        package let status: CInt
        package let output: String
        package let errors: String
    }

    package let directory: String
    private let program: String
    private let settings: [String: String]
    private let watchdog: ScratchWatchdog
    private let daemons = Mutex<[String: DaemonProcess]>([:])
    private let runs = Atomic(0)

    /// - Parameters:
    ///   - program: the binary.
    ///   - settings: by key (`database.url`); they reach the processes as ERALINK_ variables.
    package init(program: String, settings: [String: String]) throws {
        self.program = program
        watchdog = try ScratchWatchdog(name: "installation")
        directory = watchdog.directory
        var settings = settings
        settings["secrets.key_file"] = "\(directory)/eralink.key"
        settings["log.format"] = "json"
        self.settings = settings
    }

    /// What every process of it is set up with, by key.
    package var allSettings: [String: String] { settings }

    /// Nothing of our own environment: a person's settings must not change what runs here.
    private func environment(_ more: [String: String], variables own: [String: String] = [:]) -> [String] {
        var variables = ["PATH": "/usr/bin:/bin", "HOME": directory, "XDG_CONFIG_HOME": directory]
        variables.merge(own) { $1 }
        for (key, value) in settings.merging(more, uniquingKeysWith: { $1 }) {
            variables["ERALINK_" + key.uppercased().replacing(".", with: "_")] = value
        }
        return variables.map { "\($0.key)=\($0.value)" }
    }

    /// Writes a file that its owner alone can read, and gives its path.
    package func write(_ text: String, to name: String) throws -> String {
        let path = "\(directory)/\(name)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ChildProcess.Failure(description: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var text = text
        let isWritten = text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count }
        guard isWritten else { throw ChildProcess.Failure(description: "cannot write \(path)") }
        return path
    }

    // MARK: commands

    /// Runs a command to its end.
    ///
    /// - Parameters:
    ///   - settings: by key, over the installation's own.
    ///   - variables: of its environment, beside those.
    package func finished(
        _ arguments: [String], settings: [String: String] = [:], variables: [String: String] = [:],
        within limit: Duration = .seconds(60)
    ) async throws -> Finished {
        let number = runs.add(1, ordering: .relaxed).newValue
        let (output, errors) = ("\(directory)/run-\(number).out", "\(directory)/run-\(number).err")
        let child = try ChildProcess.start(
            program, arguments, environment: environment(settings, variables: variables), directory: directory,
            output: output,
            errors: errors
        )
        watchdog.watch(child.pid)
        await withTaskCancellationHandler {
            await child.waitForEnd(killingAfter: limit)
        } onCancel: {
            child.signal(SIGKILL)
        }
        watchdog.forget(child.pid)
        try Task.checkCancellation()
        return Finished(
            status: child.exitStatus ?? -1, output: ProcessLog(path: output).text, errors: ProcessLog(path: errors).text
        )
    }

    /// Runs a command that must succeed, and gives what it printed as JSON.
    ///
    /// Throws, with the command's own words, where it does not.
    @discardableResult
    package func run(_ arguments: [String]) async throws -> JSONValue {
        let finished = try await finished(arguments + ["-o", "json"])
        guard finished.status == 0 else {
            throw ChildProcess.Failure(
                description: "eralink \(arguments.joined(separator: " ")) ended with status \(finished.status): "
                    + finished.errors.trimmed)
        }
        return finished.output.trimmed.isEmpty ? .null : try JSONValue(parsing: finished.output)
    }

    // MARK: daemons

    /// Starts a daemon under a name of its own, or starts it again. Its log goes on in the same file.
    /// - Parameter variables: more of its environment, as they are.
    @discardableResult
    package func start(
        _ name: String, _ arguments: [String], settings: [String: String] = [:], variables: [String: String] = [:]
    ) throws -> DaemonProcess {
        try start(
            name, program: program, arguments, environment: environment(settings, variables: variables))
    }

    /// Starts a program that is not ours, which writes its log at the usual place.
    func startForeign(_ name: String, program: String, _ arguments: [String]) throws -> DaemonProcess {
        try start(name, program: program, arguments, environment: ["PATH=/usr/bin:/bin"])
    }

    private func start(
        _ name: String, program: String, _ arguments: [String], environment: [String]
    ) throws -> DaemonProcess {
        let log = ProcessLog(path: "\(directory)/\(name).log")
        let logStart = log.end
        // In the scratch directory, by which the watchdog knows what we died starting.
        let child = try ChildProcess.start(
            program, arguments, environment: environment, directory: directory, output: log.path)
        watchdog.watch(child.pid)
        let daemon = DaemonProcess(name: name, child: child, log: log, logStart: logStart, watchdog: watchdog)
        daemons.withLock { $0[name] = daemon }
        return daemon
    }

    package var all: [DaemonProcess] { daemons.withLock { $0.values.sorted { $0.name < $1.name } } }

    /// Ends every daemon by SIGTERM, side by side, those that do not listen by SIGKILL.
    package func stop() async {
        await withTaskGroup { group in
            for daemon in all { group.addTask { await daemon.end() } }
        }
    }

    /// Kills what still runs and removes the directory.
    package func remove() async {
        for daemon in all { await daemon.kill() }
        await watchdog.finish()
    }
}

extension String {
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        return start.lastIndex { !$0.isWhitespace }.map { String(start[...$0]) } ?? ""
    }
}
