import Glibc
import Sandbox

extension FaultScenario {
    /// cli.md: a standby takes over within `zookeeper.session_timeout` (3 s here) + 3 s of a crash, within 2 s of a SIGTERM.
    static let connectors = [
        FaultScenario(
            name: "kill -9 of the active connector", isShort: true, times: 5, limit: .seconds(6),
            doubles: .ofLostAttempts
        ) { stage in
            let active = try await stage.world.activeConnector()
            await active.kill()
            stage.notes.add("session_timeout 3 s")
        } mend: { stage in
            try await stage.restartConnectors()
        },
        FaultScenario(
            name: "kill -9 of the active connector, amid texts of several messages, edits and deletions", times: 3,
            limit: .seconds(6), doubles: .ofLostAttempts, changes: true
        ) { stage in
            await (try await stage.world.activeConnector()).kill()
        } mend: { stage in
            try await stage.restartConnectors()
        },
        FaultScenario(
            name: "SIGSTOP of the active connector, amid texts of several messages, edits and deletions", times: 2,
            limit: .seconds(6), doubles: .ofLostAttempts, changes: true, violations: [.conflict]
        ) { stage in
            try await stage.world.activeConnector().signal(SIGSTOP)
        } mend: { stage in
            // Past the time after which its actions are repeated by the other one.
            try await Task.sleep(for: .seconds(32))
            for daemon in stage.world.installation.all { daemon.signal(SIGCONT) }
            try await Task.sleep(for: .seconds(2))
        },
        FaultScenario(
            name: "SIGSTOP of the active connector, SIGCONT past the session timeout", times: 3, limit: .seconds(6),
            doubles: .ofLostAttempts, violations: [.conflict]
        ) { stage in
            try await stage.world.activeConnector().signal(SIGSTOP)
        } mend: { stage in
            for daemon in stage.world.installation.all { daemon.signal(SIGCONT) }
            // It finds out, gives its term up and stands by.
            try await Task.sleep(for: .seconds(2))
        },
        FaultScenario(name: "SIGTERM of the active connector", isShort: true, times: 5, limit: .seconds(2)) { stage in
            try await stage.world.activeConnector().signal(SIGTERM)
        } mend: { stage in
            try await stage.restartConnectors()
        },
        FaultScenario(
            name: "kill -9 of both connectors, one started again", times: 3, limit: .seconds(8),
            doubles: .ofLostAttempts
        ) { stage in
            for number in 1...2 { try await stage.world.daemon("connector-\(number)").kill() }
            try stage.world.startConnector(1)
            stage.notes.add("with the start of a process")
        } mend: { stage in
            try await stage.restartConnectors()
        },
    ]
}

extension FaultStage {
    /// Starts those again that have ended, and waits until they serve.
    func restartConnectors() async throws {
        for number in 1...2 {
            let daemon = try world.daemon("connector-\(number)")
            try await eventuallyEnded(daemon)
            if !daemon.isRunning { try await world.startConnector(number).ready() }
        }
    }

    /// One that was told to end does so; one that was not goes on.
    private func eventuallyEnded(_ daemon: DaemonProcess) async throws {
        guard daemon.log.last(3).contains(where: { $0.contains("gave the lease back") }) else { return }
        let limit = ContinuousClock.now + .seconds(3)
        while daemon.isRunning && ContinuousClock.now < limit { try await Task.sleep(for: .milliseconds(20)) }
    }
}
