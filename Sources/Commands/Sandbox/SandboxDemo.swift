import ArgumentParser
import Domain
import FoundationEssentials
import Sandbox

struct SandboxDemo: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Play a conversation through real processes, on loopback alone.",
        discussion: """
            Starts a private PostgreSQL, a private ZooKeeper and a simulated Telegram, then a ChatServer, a Loader and two \
            connectors of this program, and nginx before them, in a scratch directory. A customer writes, an agent is told, \
            accepts and answers, the customer has the answer; they send each other pictures; the Loader lists the chat. Leaves \
            nothing behind.
            """)

    static let examples = [
        CommandExample("eralink sandbox demo", "see each step as it happens, with the time since the start"),
        CommandExample("eralink sandbox demo -o jsonl", "the same for a program"),
        CommandExample("eralink sandbox demo && echo it works here", "as a check of a machine"),
    ]

    static let usesSettings = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        try await context.withInterruption(resume: { nil }) { interruption in
            try await Self.untilInterrupted(interruption) {
                let report = DemoReport(output: context.output)
                try await SandboxSite.with(program: program, report: report) { installation, telegram in
                    try await DemoScript(installation: installation, telegram: telegram, report: report).play()
                }
            }
        }
    }

    /// Runs the work; the first Ctrl-C cancels it, and it tidies up before this returns.
    static func untilInterrupted(
        _ interruption: Interruption, _ work: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask { await interruption.requested() }
            defer { group.cancelAll() }
            do {
                try await group.next()
                group.cancelAll()
                while try await group.next() != nil {}
            } catch {
                guard interruption.isRequested else { throw error }
            }
        }
    }
}
