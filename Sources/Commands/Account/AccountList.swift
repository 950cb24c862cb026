import ArgumentParser
import Store

struct AccountList: ContextCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Print all accounts.")

    static let examples = [
        CommandExample("eralink account list", "a table"),
        CommandExample("eralink account list -q", "the names"),
        CommandExample("eralink account list -o json | jq '.[] | select(.enabled | not)'", "for programs"),
    ]

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let accounts = try await context.withStore { try await $0.accounts() }
        try context.output.list(accounts.map(AccountRow.init))
    }
}
