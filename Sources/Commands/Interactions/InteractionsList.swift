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

    @Option(help: "Only this account.", completion: AccountNames.completion)
    var account: String?

    @Option(help: "Only waiting, active or closed ones.")
    var state: InteractionState?

    @Option(help: "Only those of this agent.")
    var agent: String?

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
        let loader = try context.loader()
        let period = (
            from: try Self.moment(from, "--from", context), to: try to.map { try Self.moment($0, "--to", context) }
        )
        let parameters: [(String, String?)] = [
            ("from", period.from.description), ("to", (period.to ?? context.now()).description), ("account", account),
            ("state", state?.rawValue), ("agent", agent), ("query", query), ("limit", limit.map(String.init)),
        ]
        var next = page
        var rows: [InteractionRow] = []
        repeat {
            let query = parameters.compactMap { name, value in value.map { (name: name, value: $0) } }
            let answer = try await loader.get(
                "/v1/interactions", query: query + (next.map { [(name: "page", value: $0)] } ?? []))
            rows += (answer["items"]?.array ?? []).map(InteractionRow.init)
            next = answer["next"]?.string
        } while all && next != nil
        try context.output.list(rows)
        if let next { context.output.note("there are more: --page \(next), or --all") }
    }

    private static func moment(_ text: String, _ option: String, _ context: CommandContext) throws -> Timestamp {
        if let moment = Timestamp(rfc3339: text) { return moment }
        guard let duration = try? DurationText.parse(text) else {
            throw CommandFailure.usage(
                "\(option): \"\(text)\" is neither a moment such as 2026-01-31T10:00:00Z nor a duration ago such as 24h"
            )
        }
        return context.now().adding(.zero - duration)
    }
}

extension InteractionState: ExpressibleByArgument {}
