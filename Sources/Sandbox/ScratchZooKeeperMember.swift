import Glibc
import Synchronization

/// One server of a `ScratchZooKeeper`, with what can happen to it: crash, hang, come back.
package final class ScratchZooKeeperMember: Sendable {
    struct Settings {
        let tick: Duration
        let durable: Bool
        let servers: [String]

        var tickMilliseconds: Int64 { max(1, Int64(tick / .milliseconds(1))) }
    }

    package let id: Int
    package let port: UInt16
    private let directory: String
    private let settings: Settings
    private let watchdog: ScratchWatchdog
    private let process = Mutex<ChildProcess?>(nil)

    init(id: Int, port: UInt16, directory: String, settings: Settings, watchdog: ScratchWatchdog) {
        self.id = id
        self.port = port
        self.directory = directory
        self.settings = settings
        self.watchdog = watchdog
    }

    package var address: String { "127.0.0.1:\(port)" }

    package var pid: pid_t? { process.withLock { $0?.pid } }

    /// Starts the server on the same port with the same data; returns when it serves.
    package func start() async throws {
        try launch()
        try await waitUntilServing()
    }

    /// `kill -9`; returns when the process is gone.
    package func kill() async {
        let running = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let running else { return }
        await running.end(with: SIGKILL)
        watchdog.forget(running.pid)
    }

    /// The server hangs (SIGSTOP): connections stay open and, once this returns, nothing is answered.
    package func pause() async {
        let pid = process.withLock { process in
            process?.signal(SIGSTOP)
            return process?.pid
        }
        if let pid { await ProcessTable.waitUntilStopped(pid) }
    }

    package func resume() { process.withLock { $0?.signal(SIGCONT) } }

    /// `standalone`, `leader` or `follower`; nil where it does not serve.
    package func mode() async -> String? {
        let answer = await LoopbackQuestion.ask(port: port, "srvr", within: .milliseconds(500))
        return answer?.split(separator: "\n").first { $0.hasPrefix("Mode: ") }.map { String($0.dropFirst(6)) }
    }

    func launch() throws {
        try process.withLock { process in
            guard process == nil else { return }
            let child = try ChildProcess.start(
                "java",
                [
                    "-Xmx128m", "-Xms16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
                    "-Djava.net.preferIPv4Stack=true", "-Dzookeeper.preAllocSize=1024",
                    "-Dzookeeper.jmx.log4j.disable=true", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                    "-Dzookeeper.forceSync=\(settings.durable ? "yes" : "no")", "-cp",
                    "/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar",
                    "org.apache.zookeeper.server.quorum.QuorumPeerMain", "\(directory)/zoo.cfg",
                ], directory: directory, output: "\(directory)/log")
            watchdog.watch(child.pid)
            process = child
        }
    }

    func waitUntilServing(within limit: Duration = .seconds(40)) async throws {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if await mode() != nil { return }
            guard process.withLock({ $0?.isRunning ?? false }) else {
                throw ChildProcess.Failure(description: "zookeeper ended while starting: \(lastLines())")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ChildProcess.Failure(description: "zookeeper does not serve after \(limit): \(lastLines())")
    }

    func writeConfiguration() throws {
        mkdir(directory, 0o700)
        let lines =
            [
                "tickTime=\(settings.tickMilliseconds)", "initLimit=100", "syncLimit=50", "dataDir=\(directory)",
                "clientPort=\(port)", "clientPortAddress=127.0.0.1", "maxClientCnxns=0", "maxSessionTimeout=60000",
                "admin.enableServer=false", "4lw.commands.whitelist=*", "quorumListenOnAllIPs=false",
            ] + settings.servers
        try write(lines.joined(separator: "\n") + "\n", to: "\(directory)/zoo.cfg")
        try write("\(id)\n", to: "\(directory)/myid")
    }

    private func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "we") else {
            throw ChildProcess.Failure(description: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        fputs(text, file)
        fclose(file)
    }

    private func lastLines() -> String {
        guard let file = fopen("\(directory)/log", "re") else { return "no log" }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        fseek(file, max(0, ftell(file) - 2000), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: 2000)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
