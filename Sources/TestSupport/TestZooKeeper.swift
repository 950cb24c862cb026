import Sandbox
import Synchronization

/// The one ZooKeeper of a test process, started when the first test asks and gone with the process.
package enum TestZooKeeper {
    /// Waited for by every test that asks; nobody ends it but the watchdog, at the end of the process.
    private static let shared = Task { try await ScratchZooKeeper.start(durable: false) }

    /// A connect string with a chroot that no other test has.
    package static func connect() async throws -> String {
        let server = try await shared.value
        return "\(server.connect)/test-\(UInt64.random(in: .min ... .max))"
    }

    /// A ZooKeeper of its own for a test that makes it crash or hang; few at one time, since each is a Java machine.
    package static func withServer<Result: Sendable>(
        members: Int = 1, tick: Duration = .milliseconds(200),
        _ body: @Sendable (ScratchZooKeeper) async throws -> Result
    ) async throws -> Result {
        await gate.enter()
        do {
            let result = try await ScratchZooKeeper.with(members: members, tick: tick, body)
            gate.leave()
            return result
        } catch {
            gate.leave()
            throw error
        }
    }

    private static let gate = Gate(width: 2)
}
