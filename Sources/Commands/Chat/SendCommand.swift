import AgentClient
import ArgumentParser
import Domain
import JSON
import Store

struct SendCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send one message to a customer: a text, or a file.",
        discussion: """
            An open chat keeps its state and its agent; a chat of another agent needs a supervisor's token. With --msg-id the \
            same command may be repeated: the message goes out once. A file goes out as what it is (image, video, audio, \
            voice, animation, document), the text beside it as its caption.
            """)

    static let examples = [
        CommandExample(
            "eralink send --account support --to 4815162342 \"Your parcel is here\"", "to a chat of the messenger"),
        CommandExample(
            "eralink send --account support --to 4815162342 --wait sent --timeout 1m -o json hello", "and wait"),
        CommandExample("date | eralink send --account support --to 4815162342 -", "the text from standard input"),
        CommandExample(
            "eralink send --account support --to 4815162342 --file plan.pdf \"The plan\"", "a file with a caption"),
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

    @Option(help: ArgumentHelp("A file to send; the text becomes its caption.", valueName: "path"), completion: .file())
    var file: String?

    @Option(
        help: ArgumentHelp("Buttons under it: a file with the agent API's keyboard object.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var keyboard: String?

    @Option(help: "What to do with what the channel lacks: refuse it, or send what comes nearest.")
    var adapt: Adaptation?

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
        var content = OutgoingContent.text(text ?? "")
        content.keyboard = try keyboard.map { try KeyboardFile.read($0, named: "--keyboard") }
        content.adapt = adapt?.rawValue
        if let file { content = try await upload(file, caption: text, content, context) }
        let client = ResumingAgentClient(
            url: context.settings.urls.chat, token: try context.agentToken(), logger: context.logger("send"))
        let sending = Sending(
            account: account, to: to, content: content, replyTo: replyTo, goal: wait,
            msgID: msgID
                ?? RandomText.uuid7(milliseconds: context.now().milliseconds, random: context.randomBytes(10)))
        let outcome = try await sending.outcome(over: client, within: timeout)
        if let row = outcome.row { try context.output.object(row) }
        if let failure = outcome.failure { throw failure }
    }

    /// Outside of `--timeout`, which is about the message.
    private func upload(
        _ path: String, caption: String?, _ content: OutgoingContent, _ context: CommandContext
    ) async throws -> OutgoingContent {
        // Before anything is asked of a server: the file must be there.
        _ = try FileChunks(path: path)
        let (kinds, sessionURL) = try await context.withAgentClient { connection, hello in
            let answer = try await connection.request("capabilities.get", .members(["account": .string(account)]))
            return (answer["accounts"]?[0]?["kinds"], hello["files_url"]?.string)
        }
        let file = try await context.withFileUpload(sessionURL: sessionURL) { upload in
            try await context.uploading(path) { try await upload.upload(path, to: account, progress: $0) }
        }
        var content = content
        content.put(file: file, caption: caption, kinds: kinds)
        return content
    }

    private func content(_ context: CommandContext) async throws -> String? {
        guard let text else {
            if file != nil { return nil }
            throw CommandFailure.usage("say what to send, or give - to read it from standard input")
        }
        guard text == "-" else { return text }
        var read = String(decoding: try await context.input.readAll(1 << 20), as: UTF8.self)
        // What `echo` adds, and nothing else.
        if read.hasSuffix("\n") { read.removeLast() }
        return read
    }
}

enum Adaptation: String, ExpressibleByArgument, CaseIterable, Sendable {
    case strict, fallback
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
