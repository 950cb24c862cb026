import ArgumentParser
import Store

struct TokenRevoke: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a token; sessions that live on it end within seconds.")

    static let examples = [
        CommandExample("eralink token revoke anna", "by the agent's name"),
        CommandExample("eralink token revoke 17", "by the token's id"),
        CommandExample("eralink token list", "see what is left"),
    ]

    @Argument(help: "The token's name or id.")
    var token: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let record = try await context.withStore { try await $0.revokeToken(token, by: context.operatorName) }
        try context.output.object(TokenRow(record: record, now: context.now()))
    }
}
