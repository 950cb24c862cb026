import AgentClient
import ArgumentParser
import Domain
import Glibc
import JSON
import Terminal
import UnixSignals

struct ChatCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Talk with a customer: an agent's console.",
        discussion: """
            What is typed is sent; /help lists what else there is. Messages appear above the prompt with their numbers, and \
            what becomes of one's own. Without a terminal it reads lines of the same form and prints JSON lines: the events \
            of the agent API, and an answer {"type":"result"|"error","line":N,…} to every line.
            """)

    static let examples = [
        CommandExample("eralink chat 42", "the chat 42"),
        CommandExample("eralink chat --account support --to 4815162342", "take the chat with a customer, or begin one"),
        CommandExample("echo \"Your parcel is here\" | eralink chat 42 --linger 10s", "from a program"),
    ]

    @Argument(help: "The chat's id.")
    var interaction: String?

    @Option(help: "Take the chat with a customer of this account.", completion: AccountNames.completion)
    var account: String?

    @Option(
        help: ArgumentHelp(
            "The customer's id at the messenger, or a phone number that begins with +.", valueName: "id|+phone"))
    var to: String?

    @Option(help: ArgumentHelp("Messages of the past to show first, at most 200.", valueName: "count"))
    var history = 20

    @Option(
        help: ArgumentHelp(
            "Without a terminal: how long to go on listening after the last line.", valueName: "duration"),
        transform: DurationText.parse)
    var linger: Duration = .zero

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (interaction == nil) == (account != nil && to != nil), (account == nil) == (to == nil) else {
            throw ValidationError("Give a chat's id, or --account and --to")
        }
        guard (0...200).contains(history) else { throw ValidationError("--history is a number up to 200") }
    }

    func run(_ context: CommandContext) async throws {
        // The first session finds the chat and says who we are; the second listens from where the first one stood.
        let (hello, chat) = try await context.withAgentClient { connection, hello in
            (hello, try await open(connection))
        }
        let isSupervisor = hello["scopes"]?.array?.contains(.string("supervisor")) == true
        let watch = isSupervisor ? JSONValue.members(["interactions": .strings([chat["id"]?.string ?? ""])]) : nil
        let client = ResumingAgentClient(
            url: context.settings.urls.chat, token: try context.agentToken(),
            hello: AgentHello(cursor: hello["cursor"]?.string, watch: watch, client: "eralink chat"),
            logger: context.logger("chat"))
        let isConsole = context.input.isTerminal && context.output.isTerminal && !context.output.form.isJSON
        let ran: Void? = isConsole ? try await console(context, client, hello, chat) : nil
        // A terminal that libedit will not have is read line by line.
        if ran == nil { try await lines(context, client, hello, chat) }
    }

    private func open(_ connection: AgentConnection) async throws -> JSONValue {
        if let interaction {
            return try await connection.request("interaction.get", .members(["interaction": .string(interaction)]))
        }
        let to = to ?? ""
        let address = JSONValue.members([to.hasPrefix("+") ? "phone" : "external_id": .string(to)])
        let result = try await connection.request(
            "interaction.start", .members(["account": account.map(JSONValue.string), "to": address]))
        return result["interaction"] ?? .null
    }

    private func console(
        _ context: CommandContext, _ client: ResumingAgentClient, _ hello: JSONValue, _ chat: JSONValue
    ) async throws -> Void? {
        let completer = ConsoleCompleter()
        return try await LineEditor.with(
            input: STDIN_FILENO, output: STDOUT_FILENO, prompt: "> ",
            history: StateDirectory.file("chat_history", environment: context.environment),
            complete: { completer.complete($0) }
        ) { editor in
            var context = context
            context.output.standardError = editor.stream
            let session = ConsoleSession(
                context, client: client, hello: hello, chat: chat,
                view: ConsoleTerminal(editor: editor, output: context.output), marksRead: true)
            completer.session = session
            try await ConsoleRun(session: session, client: client, history: history).run(context, editor)
        }
    }

    private func lines(
        _ context: CommandContext, _ client: ResumingAgentClient, _ hello: JSONValue, _ chat: JSONValue
    ) async throws {
        let session = ConsoleSession(
            context, client: client, hello: hello, chat: chat, view: ConsoleLines(output: context.output),
            marksRead: false)
        try await ConsoleRun(session: session, client: client, history: history).run(
            context, LineReader(STDIN_FILENO), linger: linger)
        if session.failures > 0 { throw CommandFailure.partlyDone }
    }
}
