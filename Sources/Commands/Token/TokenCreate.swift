import ArgumentParser
import Domain
import JSON
import Store

struct TokenCreate: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token. It is printed this once: only its hash is stored.",
        discussion:
            "The token's name is the agent's name. Without --account it holds for all accounts, also later ones.")

    static let examples = [
        CommandExample(
            "eralink token create --name anna --scope agent --account support -q > anna.token", "for an agent"),
        CommandExample("eralink token create --name boss --scope agent --scope supervisor", "for a supervisor"),
        CommandExample("eralink token create --name temp --scope agent --expires 90d -o json", "for a while"),
    ]

    @Option(help: "The agent's name, unique among live tokens.")
    var name: String

    @Option(help: "What it may do: agent, supervisor, bot or admin; may be given several times.")
    var scope: [Scope]

    @Option(help: "An account that it holds for; may be given several times.", completion: AccountNames.completion)
    var account: [String] = []

    @Option(
        help: ArgumentHelp("When it ends, such as 90d from now.", valueName: "duration"), transform: DurationText.parse)
    var expires: Duration?

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        guard Name.isValid(name) else { throw CommandFailure.usage("--name: a token's name is \(Name.rule)") }
        if let expires, expires <= .zero { throw CommandFailure.usage("--expires: a token must live for some time") }
        let scopes = Scope.allCases.filter(scope.contains)
        let accounts = account.isEmpty ? nil : Set(account).sorted()
        let token = RandomText.urlSafe(context.randomBytes(32))
        let record = try await context.withStore { store in
            try await Self.requireAccounts(accounts ?? [], in: store)
            return try await store.createToken(
                Domain.Secret(token), name: name, scopes: scopes, accounts: accounts, lifetime: expires,
                by: context.operatorName)
        }
        try context.output.object(NewTokenRow(record: record, token: token))
    }

    private static func requireAccounts(_ accounts: [String], in store: Store) async throws {
        let known = Set(try await store.accounts().map(\.name))
        if let strange = accounts.first(where: { !known.contains($0) }) {
            throw EralinkError(
                .notFound, "account \(strange) does not exist; look at \"eralink account list\"",
                details: [.init("account", strange)])
        }
    }
}

extension Scope: ExpressibleByArgument {}

/// The one time that a token is shown. `--quiet` prints it alone, to go into a file.
private struct NewTokenRow: OutputRow {
    let record: TokenRecord
    let token: String

    static let columns = [
        OutputColumn<Self>("token") { $0.token }, OutputColumn("name") { $0.record.name },
        OutputColumn("id") { "\($0.record.id)" }, OutputColumn("scopes") { $0.record.shownScopes },
        OutputColumn("accounts") { $0.record.shownAccounts },
        OutputColumn("expires_at") { $0.record.expiresAt?.description ?? "never" },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("id", String(record.id))
            $0.member("name", record.name)
            $0.member("token", token)
            $0.member("scopes", record.scopes.map(\.rawValue))
            $0.member("accounts", record.accounts)
            $0.member("expires_at", record.expiresAt?.description)
        }
    }
}

extension TokenRecord {
    var shownScopes: String { scopes.map(\.rawValue).joined(separator: " ") }
    var shownAccounts: String { accounts?.joined(separator: " ") ?? "all" }
}
