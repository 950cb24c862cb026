import ArgumentParser
import Domain
import Store

struct AccountAdd: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an account.",
        discussion: """
            The token is sealed with the key of secrets.key_file before it is stored. Settings beside the kind's own: api_url, \
            public_url, rate, rate_per_chat, resend_policy, media.allow_insecure, text_limit, bot, retention_days.
            """)

    static let examples = [
        CommandExample("eralink account add telegram --name support --token-file bot.token", "a Telegram bot"),
        CommandExample(
            "eralink account add vk --name shop --token-file vk.token --set group_id=1234", "a community of VK"),
        CommandExample("pass show bot | eralink account add telegram --name news --token-file -", "the token by stdin"),
    ]

    @Argument(help: "telegram, viber, vk, ok, whatsapp-infobip or whatsapp-mfms.")
    var kind: AccountKind

    @Option(help: "Its name, for ever: it stands in URLs and metrics.")
    var name: String

    @Option(help: ArgumentHelp("The file with the messenger's token; - reads standard input.", valueName: "file"))
    var tokenFile: String

    @Option(name: .customLong("api-url"), help: ArgumentHelp("Where the messenger's API is.", valueName: "url"))
    var apiURL: String?

    @Option(name: .long, help: ArgumentHelp("A setting; @FILE reads it from a file.", valueName: "key=value"))
    var set: [String] = []

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        guard Name.isValid(name) else { throw CommandFailure.usage("--name: an account's name is \(Name.rule)") }
        let assignments = try AccountAssignments(set, apiURL: apiURL, kind: kind)
        let (settings, secrets) = (assignments.settings(), assignments.secrets())
        try AccountAssignments.check(kind, settings: settings, secretKeys: Set(secrets.keys))
        guard let url = assignments.apiURL ?? kind.defaultAPIURL else {
            throw CommandFailure.usage("a \(kind.rawValue) account needs --api-url")
        }
        let token = try await context.secret(fromFile: tokenFile, option: "--token-file")
        let sealed = try AccountSecrets(token: Domain.Secret(token), settings: secrets)
            .sealed(for: name, with: try context.secretBox())
        let account = NewAccount(
            name: name, kind: kind, apiURL: url, settings: settings, sealedSecret: sealed,
            webhookSecret: assignments.webhookSecret ?? RandomText.urlSafe(context.randomBytes(24)))
        context.warnOfInsecure(url)
        let added = try await context.withStore { try await $0.addAccount(account, by: context.operatorName) }
        try context.output.object(AccountDetails(added))
    }
}

extension CommandContext {
    func warnOfInsecure(_ apiURL: String) {
        guard AccountURL.isInsecure(apiURL) else { return }
        output.warning("api_url \(apiURL) is http: the token and the messages can be read on the way")
    }
}
