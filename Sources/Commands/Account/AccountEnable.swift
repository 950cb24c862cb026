import ArgumentParser
import Store

struct AccountEnable: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let connectors serve an account again.")

    static let examples = [
        CommandExample("eralink account enable support", "serve it again"),
        CommandExample("eralink account list -q | xargs -n1 eralink account enable", "serve all of them"),
        CommandExample("eralink connector status", "see who does"),
    ]

    @Argument(help: "The account.", completion: AccountNames.completion)
    var name: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws { try await context.setEnabled(true, account: name) }
}

struct AccountDisable: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Stop serving an account; what waits for it is kept.")

    static let examples = [
        CommandExample("eralink account disable support", "poll and send nothing more"),
        CommandExample("eralink account enable support", "the way back"),
        CommandExample("eralink connector status", "see how much waits"),
    ]

    @Argument(help: "The account.", completion: AccountNames.completion)
    var name: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws { try await context.setEnabled(false, account: name) }
}

extension CommandContext {
    fileprivate func setEnabled(_ enabled: Bool, account name: String) async throws {
        var change = AccountChange()
        change.enabled = enabled
        let action = enabled ? "account.enable" : "account.disable"
        let account = try await withStore { [change] in
            try await $0.changeAccount(name, change, action: action, by: operatorName)
        }
        if let account { try output.object(AccountDetails(account)) }
    }
}
