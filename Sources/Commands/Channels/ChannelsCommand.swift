import AgentClient
import ArgumentParser
import Domain
import JSON

struct ChannelsCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "channels", abstract: "Print what each messenger can do.",
        discussion: """
            Y: yes. P: "possible" in the product's description, and there. –+: more than the description promises. –: the \
            messenger has no such thing, and a send of it is refused with "unsupported", unless it asks for a fallback. With \
            --account a running ChatServer is asked what that account can do, kind by kind.
            """)

    static let examples = [
        CommandExample("eralink channels", "the matrix"),
        CommandExample("eralink channels -o csv > channels.csv", "for a spreadsheet"),
        CommandExample("eralink channels --account support", "one account with its limits, as the ChatServer has them"),
    ]

    @Option(help: ArgumentHelp("Ask the ChatServer about this account; may be repeated.", valueName: "name"))
    var account: [String] = []

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        guard !account.isEmpty else {
            return try context.output.list(ChannelRow.all { Channels.table($0) })
        }
        let rows = try await context.withAgentClient { client, _ in
            var rows: [AccountChannelRow] = []
            for name in account {
                let answer = try await client.request("capabilities.get", .members(["account": .string(name)]))
                rows += AccountChannelRow.rows(of: answer)
            }
            return rows
        }
        try context.output.list(rows)
    }
}
