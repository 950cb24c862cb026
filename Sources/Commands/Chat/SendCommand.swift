import AgentClient
import ArgumentParser
import Domain
import JSON
import Store

struct SendCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send one text to a customer.",
        discussion: """
            An open chat keeps its state and its agent; a chat of another agent needs a supervisor's token. With --msg-id the \
            same command may be repeated: the message goes out once.
            """)

    static let examples = [
        CommandExample(
            "eralink send --account support --to 4815162342 \"Your parcel is here\"", "to a chat of the messenger"),
        CommandExample(
            "eralink send --account support --to 4815162342 --wait sent --timeout 1m -o json hello", "and wait"),
        CommandExample("date | eralink send --account support --to 4815162342 -", "the text from standard input"),
    ]

    @Option(help: "The account that sends.", completion: AccountNames.completion)
    var account: String

    @Option(
        help: ArgumentHelp(
            "The customer's id at the messenger, or a phone number that begins with +.", valueName: "id|+phone"))
    var to: String

    @Argument(help: "The text; - reads it from standard input.")
    var text: String?

    @Option(
        name: .customLong("reply-to"),
        help: ArgumentHelp("The message of the open chat that it answers.", valueName: "message"))
    var replyTo: String?

    @Option(help: "Wait until it is accepted, sent, delivered or read.")
    var wait: SendGoal = .accepted

    @Option(
        help: ArgumentHelp("How long to wait; past it the status is 124.", valueName: "duration"),
        transform: DurationText.parse)
    var timeout: Duration = .seconds(30)

    @Option(
        name: .customLong("msg-id"), help: ArgumentHelp("The idempotency key; a fresh one by default.", valueName: "id")
    )
    var msgID: String?

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let text = try await content(context)
        let sending = Sending(
            account: account, to: to, text: text, replyTo: replyTo, goal: wait,
            msgID: msgID
                ?? RandomText.uuid7(milliseconds: context.now().milliseconds, random: context.randomBytes(10)))
        let client = ResumingAgentClient(
            url: context.settings.urls.chat, token: try context.agentToken(), logger: context.logger("send"))
        let outcome = try await sending.outcome(over: client, within: timeout)
        if let row = outcome.row { try context.output.object(row) }
        if let failure = outcome.failure { throw failure }
    }

    private func content(_ context: CommandContext) async throws -> String {
        guard let text else {
            throw CommandFailure.usage("say what to send, or give - to read it from standard input")
        }
        guard text == "-" else { return text }
        var read = String(decoding: try await context.input.readAll(1 << 20), as: UTF8.self)
        // What `echo` adds, and nothing else.
        if read.hasSuffix("\n") { read.removeLast() }
        return read
    }
}

/// What `--wait` waits for.
enum SendGoal: String, ExpressibleByArgument, CaseIterable, Sendable {
    case accepted, sent, delivered, read

    /// Whether a message in this state is as far as that.
    func isReached(by state: String) -> Bool {
        let order = ["accepted", "queued", "sending", "sent", "delivered", "read"]
        let goal = order.firstIndex(of: rawValue) ?? 0
        return order.firstIndex(of: state).map { $0 >= goal } ?? false
    }
}
