import Glibc
import JSON

/// One daemon of an `Installation`, with what can happen to it.
package final class DaemonProcess: Sendable {
    package let name: String
    package let log: ProcessLog
    private let child: ChildProcess
    /// Where its own lines begin: the file may hold those of earlier processes of the same name.
    private let logStart: Int
    private let watchdog: ScratchWatchdog

    init(name: String, child: ChildProcess, log: ProcessLog, logStart: Int, watchdog: ScratchWatchdog) {
        self.name = name
        self.child = child
        self.log = log
        self.logStart = logStart
        self.watchdog = watchdog
    }

    package var pid: pid_t { child.pid }
    package var isRunning: Bool { child.isRunning }
    package var exitStatus: CInt? { child.exitStatus }

    /// Waits for a line of its log. Throws where the daemon ends or the time is over first.
    @discardableResult
    package func logged(_ message: String, within limit: Duration = .seconds(60)) async throws -> JSONValue {
        let deadline = ContinuousClock.now + limit
        while true {
            // Asked first: what it wrote before it ended counts.
            let isRunning = child.isRunning
            if let entry = log.first(message, from: logStart) { return entry }
            guard isRunning, ContinuousClock.now < deadline else {
                let why = isRunning ? "has not said \"\(message)\" within \(limit)" : "has ended"
                throw ChildProcess.Failure(description: "\(name) \(why)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits until it serves, and gives its port.
    @discardableResult
    package func ready(within limit: Duration = .seconds(60)) async throws -> Int {
        let entry = try await logged("ready", within: limit)
        guard let port = entry["port"]?.string.flatMap({ Int($0) }) else {
            throw ChildProcess.Failure(description: "\(name) is ready but says no port")
        }
        return port
    }

    package func signal(_ signal: CInt) { child.signal(signal) }

    /// `kill -9`; returns when it is gone.
    package func kill() async { await end(with: SIGKILL) }

    /// Ends it, by force where it does not listen. Gives how long it took.
    @discardableResult
    package func end(with signal: CInt = SIGTERM, grace: Duration = .seconds(15)) async -> Duration {
        let began = ContinuousClock.now
        guard child.isRunning else { return .zero }
        await child.end(with: signal, grace: grace)
        watchdog.forget(child.pid)
        return ContinuousClock.now - began
    }
}
