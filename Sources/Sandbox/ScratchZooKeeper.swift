import Glibc

/// A private ZooKeeper on loopback: one server, or an ensemble. Free ports, a scratch directory, a small heap; gone with
/// `stop()`, or with this process (`ScratchWatchdog`).
package final class ScratchZooKeeper: Sendable {
    package let members: [ScratchZooKeeperMember]
    private let watchdog: ScratchWatchdog

    private init(members: [ScratchZooKeeperMember], watchdog: ScratchWatchdog) {
        self.members = members
        self.watchdog = watchdog
    }

    /// `127.0.0.1:port` of every member.
    package var connect: String { members.map(\.address).joined(separator: ",") }

    /// Starts the members and returns when each serves.
    ///
    /// - Parameters:
    ///   - tick: ZooKeeper's `tickTime`; a session is expired on multiples of it.
    ///   - durable: whether a write waits for the disk, as in production; without it only a crash of the machine loses data.
    /// - Throws: `ChildProcess.Failure` with the remedy where the jars or java are missing.
    package static func start(
        members count: Int = 1, tick: Duration = .milliseconds(200), durable: Bool = true
    ) async throws -> ScratchZooKeeper {
        for attempt in 1... {
            let zooKeeper = try prepare(count, tick: tick, durable: durable)
            do {
                for member in zooKeeper.members { try member.launch() }
                for member in zooKeeper.members { try await member.waitUntilServing() }
                return zooKeeper
            } catch {
                await zooKeeper.stop()
                // Most likely a port was taken between finding it and binding it.
                if attempt == 3 || Task.isCancelled { throw error }
            }
        }
        throw CancellationError()
    }

    /// A private ZooKeeper for the time of `body`.
    package static func with<Result: Sendable>(
        members: Int = 1, tick: Duration = .milliseconds(200), durable: Bool = false,
        _ body: @Sendable (ScratchZooKeeper) async throws -> Result
    ) async throws -> Result {
        let zooKeeper = try await start(members: members, tick: tick, durable: durable)
        do {
            let result = try await body(zooKeeper)
            await zooKeeper.stop()
            return result
        } catch {
            await zooKeeper.stop()
            throw error
        }
    }

    /// Starts the members that do not run, and returns when each serves: alone, none of them might have a quorum.
    package func restart() async throws {
        for member in members { try member.launch() }
        for member in members { try await member.waitUntilServing() }
    }

    /// Kills the members and removes the directory.
    package func stop() async {
        for member in members { await member.kill() }
        await watchdog.finish()
    }

    private static func prepare(_ count: Int, tick: Duration, durable: Bool) throws -> ScratchZooKeeper {
        guard access("/usr/share/java/zookeeper.jar", R_OK) == 0 else {
            throw ChildProcess.Failure(description: "zookeeper is not installed; run \"apt install libzookeeper-java\"")
        }
        let watchdog = try ScratchWatchdog(name: "zookeeper")
        let ports = try FreePorts.take(count * 3)
        let servers = (0..<count).map { "server.\($0 + 1)=127.0.0.1:\(ports[count + $0]):\(ports[2 * count + $0])" }
        let members = (0..<count).map { index in
            ScratchZooKeeperMember(
                id: index + 1, port: ports[index], directory: "\(watchdog.directory)/\(index + 1)",
                settings: .init(tick: tick, durable: durable, servers: count > 1 ? servers : []), watchdog: watchdog)
        }
        let zooKeeper = ScratchZooKeeper(members: members, watchdog: watchdog)
        for member in members { try member.writeConfiguration() }
        return zooKeeper
    }
}
