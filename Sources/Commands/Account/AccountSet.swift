import ArgumentParser
import Domain
import Store

struct AccountSet: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change settings or the token of an account.",
        discussion: "An empty value takes a setting away. A running connector takes the change up within five seconds.")

    static let examples = [
        CommandExample("eralink account set support rate=20 resend_policy=hold", "change two settings"),
        CommandExample("eralink account set support rate=", "back to the default"),
        CommandExample("eralink account set support --token-file new.token", "after the messenger made a new token"),
    ]

    @Argument(help: "The account.", completion: AccountNames.completion)
    var name: String

    @Argument(help: ArgumentHelp("Settings; key=@FILE reads one from a file.", valueName: "key=value"))
    var settings: [String] = []

    @Option(help: ArgumentHelp("The file with a new token; - reads standard input.", valueName: "file"))
    var tokenFile: String?

    @Option(name: .customLong("api-url"), help: ArgumentHelp("Where the messenger's API is.", valueName: "url"))
    var apiURL: String?

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        guard !settings.isEmpty || tokenFile != nil || apiURL != nil else {
            throw CommandFailure.usage("say what to change: key=value, --token-file or --api-url")
        }
        var token: String?
        if let tokenFile { token = try await context.secret(fromFile: tokenFile, option: "--token-file") }
        let account = try await context.withStore { store in
            let account = try await store.account(name)
            let change = try change(of: account, token: token.map { Domain.Secret($0) }, context)
            return try await store.changeAccount(name, change, action: "account.set", by: context.operatorName)
        }
        guard let account else { return }
        context.warnOfInsecure(account.apiURL)
        try context.output.object(AccountDetails(account))
    }

    private func change(
        of account: AccountRecord, token: Domain.Secret?, _ context: CommandContext
    ) throws -> AccountChange {
        let assignments = try AccountAssignments(settings, apiURL: apiURL, kind: account.kind)
        var change = AccountChange()
        change.apiURL = assignments.apiURL
        change.webhookSecret = assignments.webhookSecret
        let plain = assignments.settings(over: account.settings)
        change.settings = plain == account.settings ? nil : plain
        var secretKeys: Set<String>?
        // The key is needed only where a secret changes, or is one half of a pair that changes.
        let touchesPairs = assignments.plain.keys.contains { ["webhook.user", "webhook.header"].contains($0) }
        if token != nil || !assignments.secret.isEmpty || touchesPairs {
            let box = try context.secretBox()
            var secrets = try AccountSecrets(opening: account.sealedSecret, of: account.name, with: box)
            secrets.token = token ?? secrets.token
            secrets.settings = assignments.secrets(over: secrets.settings)
            secretKeys = Set(secrets.settings.keys)
            change.sealedSecret = try secrets.sealed(for: account.name, with: box)
        }
        try AccountAssignments.check(account.kind, settings: plain, secretKeys: secretKeys)
        return change
    }
}
