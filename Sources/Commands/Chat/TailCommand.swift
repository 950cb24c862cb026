import AgentClient
import ArgumentParser
import Domain
import JSON
import Synchronization

struct TailCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Follow live chats, with a supervisor's token.",
        discussion: """
            Resumes by itself after a lost connection. What the event log no longer holds is shown as a gap. With -o jsonl a \
            line is an event's params as they came (agent API, "Events").
            """)

    static let examples = [
        CommandExample("eralink tail --account support", "one account, from now on"),
        CommandExample("eralink tail --since 10m --once -o jsonl", "the last ten minutes, for a program"),
        CommandExample("eralink tail --interaction 42 --since 2026-01-31T10:00:00Z", "one chat since a moment"),
    ]

    @Option(help: "Only this account; may be given several times.", completion: AccountNames.completion)
    var account: [String] = []

    @Option(help: "Only this chat; may be given several times.")
    var interaction: [String] = []

    @Option(help: "Only this agent's chats; may be given several times.")
    var agent: [String] = []

    @Option(help: ArgumentHelp("Where to begin: a duration ago, a moment, or a cursor.", valueName: "10m|time|cursor"))
    var since: String?

    @Flag(help: "End after what is there already.")
    var once = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let start = try since.map { try TailStart.cursor($0, now: context.now()) }
        var scope = TailScope(accounts: account, interactions: interaction, agents: agent)
        // The first session says which accounts there are; the second listens from where the first one stood.
        let now = try await Self.lookAround(&scope, context)
        let printer = TailPrinter(output: context.output, scope: scope, once: once)
        try await context.withInterruption(resume: { [printer] in printer.resumeLine }) { [scope] interruption in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Self.follow(scope, from: start ?? now, printer, context) }
                group.addTask { await interruption.requested() }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    /// Shows what happens until `--once` is through. Accounts come and go meanwhile: a session that does not watch a new one,
    /// or is refused since it watches one that was removed, is followed by another from where it stood.
    private static func follow(
        _ scope: TailScope, from start: String?, _ printer: TailPrinter, _ context: CommandContext
    ) async throws {
        var scope = scope
        var options = ResumingAgentClient.Options()
        while true {
            let client = ResumingAgentClient(
                url: context.settings.urls.chat, token: try context.agentToken(),
                hello: AgentHello(cursor: printer.cursor ?? start, watch: scope.watch), options: options,
                logger: context.logger("tail"))
            do {
                return try await client.run { try await printer.take($0) { try await Self.chat($0, client) } }
            } catch is TailPrinter.Finished {
                return
            } catch let new as TailPrinter.UnwatchedAccount {
                scope.watched.append(new.name)
            } catch let error as EralinkError where error.code == .notFound && scope.isEmpty && printer.cursor != nil {
                _ = try await lookAround(&scope, context)
            } catch let closed as AgentClosed {
                throw closed.error
            }
            printer.watches(scope.watched)
            options.retriesFirst = true
        }
    }

    /// Which accounts there are, where no others were named. Returns the cursor of now.
    private static func lookAround(_ scope: inout TailScope, _ context: CommandContext) async throws -> String? {
        let hello = try await context.withAgentClient { _, hello in hello }
        if scope.isEmpty { scope.watched = hello["accounts"]?.array?.compactMap(\.string) ?? [] }
        return hello["cursor"]?.string
    }

    private static func chat(_ id: String, _ client: ResumingAgentClient) async throws -> JSONValue {
        do {
            return try await client.request("interaction.get", .members(["interaction": .string(id)]))
        } catch is EralinkError {
            // Erased meanwhile, or of an account that was removed: the event is shown without it.
            return .null
        }
    }
}

/// Where a tail begins, as `session.hello` wants it.
enum TailStart {
    /// Throws a usage error for what is neither a duration, nor a moment, nor a cursor.
    static func cursor(_ text: String, now: Timestamp) throws -> String {
        if Cursor(text: text) != nil { return text }
        if let moment = Timestamp(rfc3339: text) { return "at:\(moment)" }
        guard let duration = try? DurationText.parse(text) else {
            throw CommandFailure.usage(
                "--since: \"\(text)\" is no duration such as 10m, no moment such as 2026-01-31T10:00:00Z, and no cursor"
            )
        }
        return "at:\(now.adding(.zero - duration))"
    }
}
