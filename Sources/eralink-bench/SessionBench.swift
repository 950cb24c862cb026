import AgentClient
import Domain
import Sandbox

/// What an idle agent's session costs the ChatServer.
enum SessionBench {
    static func run(_ world: BenchWorld, _ report: BenchReport) async throws {
        let pid = try world.daemon("chat").pid
        let before = ProcessUse.residentKiB(pid)
        var sessions: [AgentConnection] = []
        for _ in 0..<world.plan.sessions { sessions.append(try await world.agent(watching: false)) }
        let grown = ProcessUse.residentKiB(pid) - before
        report.add(
            "memory.per_idle_session", grown / Double(world.plan.sessions), "KiB",
            "\(world.plan.sessions) sessions; goal 11")
        for session in sessions { await session.close() }
    }
}
