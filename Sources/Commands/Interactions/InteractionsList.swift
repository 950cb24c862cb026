import AgentClient
import ArgumentParser
import Domain
import JSON

struct InteractionsList: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List chats with customer messages in a period, newest first.",
        discussion:
            "A moment is written 2026-01-31T10:00:00Z, or as a duration ago: 24h. The list's order cannot move while it is paged."
    )

    static let examples = [
        CommandExample("eralink interactions list --from 24h", "the last day"),
        CommandExample(
            "eralink interactions list --from 2026-01-01T00:00:00Z --to 2026-02-01T00:00:00Z --all -o csv",
            "a month, all pages"),
        CommandExample("eralink interactions list --from 1h --state waiting -q", "the ids of those who wait"),
    ]

    @Option(help: ArgumentHelp("Customer messages received at or after this moment.", valueName: "time|ago"))
    var from: String

    @Option(help: ArgumentHelp("And before this one; now by default.", valueName: "time|ago"))
    var to: String?

    @OptionGroup var options: ChatQueryOptions

    @Option(help: "Only those whose customer's name, phone or id contains this.")
    var query: String?

    @Option(help: "Chats of a page, at most 200.")
    var limit: Int?

    @Option(help: "Go on at this page.")
    var page: String?

    @Flag(help: "All pages.")
    var all = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let loader = try context.patientLoader()
        let chats = try options.query(from: from, to: to, text: query, context)
        var next = page
        var rows: [InteractionRow] = []
        repeat {
            let answer = try await loader.chats(chats, page: next, limit: limit ?? (all ? 200 : nil))
            rows += answer.items.map(InteractionRow.init)
            next = answer.next
        } while all && next != nil
        try context.output.list(rows)
        if let next { context.output.note("there are more: --page \(next), or --all") }
    }
}

extension InteractionState: ExpressibleByArgument {}
