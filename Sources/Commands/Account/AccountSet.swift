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
        let secret = token.map { Domain.Secret($0) }
        let account = try await context.withStore { try await set(in: $0, token: secret, context) }
        guard let account else { return }
        context.warnOfInsecure(account.apiURL)
        try context.output.object(AccountDetails(account))
    }

    /// What two admins set at once is set one after the other: the later one is made anew over what the earlier one left.
    private func set(
        in store: Store, token: Domain.Secret?, _ context: CommandContext
    ) async throws -> AccountRecord? {
        for attempt in 1... {
            let account = try await store.account(name)
            let change = try change(of: account, token: token, context)
            do {
                return try await store.changeAccount(
                    name, change, action: "account.set", details: try auditDetails(of: account, token: token),
                    by: context.operatorName)
            } catch let error as EralinkError where error.code == .conflict && attempt < Self.attempts {}
        }
        return nil
    }

    private static let attempts = 10

    /// The keys that were set, with their values where those are no secrets.
    private func auditDetails(of account: AccountRecord, token: Domain.Secret?) throws -> [String: String] {
        let assignments = try AccountAssignments(settings, apiURL: apiURL, kind: account.kind)
        var details = assignments.plain.mapValues { $0 ?? "" }
        details["api_url"] = assignments.apiURL
        for key in assignments.secret.keys { details[key] = "changed" }
        if assignments.webhookSecret != nil { details["webhook.secret"] = "changed" }
        if token != nil { details["token"] = "changed" }
        return details
    }

    private func change(
        of account: AccountRecord, token: Domain.Secret?, _ context: CommandContext
    ) throws -> AccountChange {
        let assignments = try AccountAssignments(settings, apiURL: apiURL, kind: account.kind)
        var change = AccountChange()
        change.from = account.version
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
