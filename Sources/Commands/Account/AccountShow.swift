import ArgumentParser
import Store

struct AccountShow: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print one account, with the address for the messenger's webhooks.",
        discussion: "Whoever knows that address can pretend to be the messenger: keep it between the two of you.")

    static let examples = [
        CommandExample("eralink account show support", "for people"),
        CommandExample("eralink account show support -o json", "for programs"),
        CommandExample("eralink account show shop -o json | jq -r .webhook_url", "what to enter at the messenger"),
    ]

    @Argument(help: "The account.", completion: AccountNames.completion)
    var name: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let account = try await context.withStore { try await $0.account(name) }
        try context.output.object(AccountDetails(account))
    }
}
