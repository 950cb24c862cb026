import ArgumentParser
import Domain
import FoundationEssentials
import JSON
import Sandbox
import Terminal

struct SandboxUp: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Leave a whole installation running on loopback until Ctrl-C, to be tried by hand.",
        discussion: """
            What "sandbox demo" plays on: a private PostgreSQL and ZooKeeper, a simulated Telegram, a ChatServer, a Loader, two \
            connectors and nginx before them. Prints what to type in another terminal: the settings to use it with, how to be the customer, how to be \
            the agent. Leaves nothing behind.
            """)

    static let examples = [
        CommandExample("eralink sandbox up", "then, in another terminal, what it says"),
        CommandExample("eralink sandbox up -o jsonl", "its URLs, tokens and settings for a program"),
        CommandExample("eralink sandbox up 2>/dev/null &", "in the background of a script"),
    ]

    static let usesSettings = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        try await context.withInterruption(resume: { nil }) { interruption in
            try await SandboxDemo.untilInterrupted(interruption) {
                let report = DemoReport(output: context.output, isQuiet: context.output.form != .table)
                try await SandboxSite.with(program: program, report: report) { installation, telegram in
                    try await Self.stay(installation, telegram, report, context.output)
                }
            }
        }
    }

    private static func stay(
        _ installation: Installation, _ telegram: SimulatedTelegram, _ report: DemoReport, _ output: Output
    ) async throws {
        let setUp = SandboxSetUp(installation: installation, telegram: telegram, report: report)
        try await setUp.prepare()
        let agent = try await setUp.token(of: "anna", scope: "agent")
        let supervisor = try await setUp.token(of: "boss", scope: "supervisor")
        let ports = try await setUp.startDaemons()
        let customer = telegram.createCustomer(firstName: "Ольга", username: "olga")
        let tokenFile = try installation.write(supervisor + "\n", to: "supervisor.token")
        var settings = installation.allSettings
        settings["chat.url"] = "http://127.0.0.1:\(ports.chat)"
        settings["loader.url"] = "http://127.0.0.1:\(ports.loader)"
        settings["files.url"] = ports.files
        settings["token_file"] = tokenFile
        settings["log.format"] = nil
        var site = RunningSite(
            settings: settings, agentToken: agent, telegram: telegram.baseURL, customer: customer.id,
            environmentFile: "")
        site.environmentFile = try installation.write(site.environment, to: "environment")
        if output.form == .table { try output.text(site.words(output)) } else { try output.object(site) }
        try output.flush()
        // Nothing of it is to end by itself.
        while true {
            try await Task.sleep(for: .milliseconds(500))
            if let ended = installation.all.first(where: { !$0.isRunning }) {
                output.warning("\(ended.name) has ended with status \(ended.exitStatus ?? -1); its last lines:")
                for line in ended.log.last(5) { output.warning("  \(line)") }
                return try await Task.sleep(for: .seconds(365 * 86_400))
            }
        }
    }
}

/// What somebody needs who wants to use the sandbox.
private struct RunningSite: OutputRow {
    let settings: [String: String]
    let agentToken: String
    let telegram: String
    let customer: Int64
    var environmentFile: String

    private var variables: [(name: String, value: String)] {
        settings.sorted { $0.key < $1.key }.map {
            ("ERALINK_" + $0.key.uppercased().replacing(".", with: "_"), $0.value)
        }
    }

    /// A file for the shell.
    var environment: String {
        variables.map { "export \($0.name)='\($0.value.replacing("'", with: "'\\''"))'\n" }.joined()
    }

    func words(_ output: Output) -> String {
        let bold = output.style
        return """

            \(bold.bold("It runs until Ctrl-C. In another terminal:"))

              . \(environmentFile)

            \(bold.bold("A customer writes"))

              curl -s \(telegram)/control/write -H 'Content-Type: application/json' \\
                -d '{"customer": \(customer), "text": "Где мой заказ?"}'

            \(bold.bold("See it"))

              eralink tail --since 10m --once
              eralink connector status
              eralink zk status
              eralink doctor

            \(bold.bold("Answer"))

              eralink send --account support --to \(customer) 'Уже в пути'
              curl -s \(telegram)/control/sent -d chat=\(customer)

            \(bold.bold("Or talk, as an agent does (/help)"))

              eralink chat --account support --to \(customer)

            An agent's token, for a desktop of your own at \(settings["chat.url"] ?? ""):

              \(agentToken)


            """
    }

    static let columns = [
        OutputColumn<Self>("environment_file") { $0.environmentFile },
        OutputColumn("chat_url") { $0.settings["chat.url"] ?? "" },
        OutputColumn("loader_url") { $0.settings["loader.url"] ?? "" }, OutputColumn("telegram") { $0.telegram },
        OutputColumn("customer") { "\($0.customer)" }, OutputColumn("agent_token") { $0.agentToken },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("environment_file", environmentFile)
            $0.member("chat_url", settings["chat.url"])
            $0.member("loader_url", settings["loader.url"])
            $0.member("telegram", telegram)
            $0.member("customer", "\(customer)")
            $0.member("agent_token", agentToken)
            $0.object("environment") { for (name, value) in variables { $0.member(name, value) } }
        }
    }
}
