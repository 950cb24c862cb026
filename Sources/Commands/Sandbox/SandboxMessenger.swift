import ArgumentParser
import JSON
import Sandbox

struct SandboxMessenger: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "messenger", abstract: "Run a simulated messenger on loopback until Ctrl-C.",
        discussion: """
            Prints where it listens, a bot's token, and where customers are moved from. Telegram: POST URL/control/write with \
            customer and text, /control/createCustomer, /control/sent, /control/fault and more. Viber: the same with JSON \
            objects: /control/createUser, /control/write with user and text, /control/press, /control/see, /control/sent.
            """)

    static let examples = [
        CommandExample("eralink sandbox messenger telegram", "a simulated Telegram at any free port"),
        CommandExample("eralink sandbox messenger telegram --port 9090", "at a port of its own"),
        CommandExample(
            "eralink sandbox messenger viber -o json", "a Viber: its URLs and its bot's token for a program"),
    ]

    static let usesSettings = false

    @Argument(help: "telegram or viber.")
    var kind: Kind

    @Option(help: ArgumentHelp("Port to listen at, 0 = any free one.", valueName: "port"))
    var port = 0

    @OptionGroup var shared: SharedOptions

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case telegram, viber
    }

    func run(_ context: CommandContext) async throws {
        let row: MessengerRow
        switch kind {
        case .telegram:
            let telegram = try await SimulatedTelegram.start(port: port)
            row = MessengerRow(url: telegram.baseURL, token: try telegram.createBot().token)
        case .viber:
            let viber = try await SimulatedViber.start(port: port)
            row = MessengerRow(url: viber.baseURL, token: try viber.createBot().token)
        }
        try context.output.object(row)
        try context.output.flush()
        try await context.withInterruption(resume: { nil }) { await $0.requested() }
    }
}

private struct MessengerRow: OutputRow {
    let url: String
    let token: String

    private var control: String { url + "/control" }

    static let columns = [
        OutputColumn<Self>("url") { $0.url }, OutputColumn("control") { $0.control },
        OutputColumn("token") { $0.token },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("url", url)
            $0.member("control", control)
            $0.member("token", token)
        }
    }
}
