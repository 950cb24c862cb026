import AgentClient
import Terminal
import UnixSignals

/// Where a console's lines come from.
protocol ConsoleSource: Sendable {
    /// Nil at the end.
    func nextLine() async throws -> String?
    /// No more lines are taken: the one that waits ends.
    func stop() async
}

extension LineEditor: ConsoleSource {
    func stop() async { stopReading() }
}

extension LineReader: ConsoleSource {}

/// Runs a console until its lines end, the agent leaves, Ctrl-C, or the server says that coming back is no use.
struct ConsoleRun {
    let session: ConsoleSession
    let client: ResumingAgentClient
    let history: Int

    func run(_ context: CommandContext, _ source: some ConsoleSource, linger: Duration = .zero) async throws {
        do {
            try await context.withInterruption(resume: { [session] in "eralink chat \(session.chatID)" }) {
                interruption in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        try await client.run { try await session.take($0) }
                        return true
                    }
                    group.addTask {
                        try await session.open(history: history)
                        try await enter(source)
                        if !interruption.isRequested { try await Task.sleep(for: linger) }
                        return true
                    }
                    group.addTask {
                        await interruption.requested()
                        await source.stop()
                        return false
                    }
                    group.addTask {
                        await watchSignals(source, interruption)
                        return false
                    }
                    defer { group.cancelAll() }
                    while let isOver = try await group.next(), !isOver {}
                }
            }
        } catch let closed as AgentClosed {
            throw closed.error
        }
    }

    private func enter(_ source: some ConsoleSource) async throws {
        var begun = ""
        while let line = try await source.nextLine() {
            // A line that ends in a backslash goes on with the next one.
            if line.hasSuffix("\\") {
                begun += line.dropLast() + "\n"
                continue
            }
            guard try await session.enter(begun + line) else { return }
            begun = ""
        }
        if !begun.isEmpty { _ = try await session.enter(String(begun.dropLast())) }
    }

    private func watchSignals(_ source: some ConsoleSource, _ interruption: Interruption) async {
        for await signal in await UnixSignalsSequence(trapping: .sigwinch, .sigcont, .sigterm, .sighup) {
            let editor = source as? LineEditor
            switch signal {
            case .sigwinch: await editor?.windowChanged()
            case .sigcont: await editor?.terminalCameBack()
            default: interruption.request()
            }
        }
    }
}
