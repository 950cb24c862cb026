import ArgumentParser
import Domain
import JSON
import Store
import Terminal

struct TokenList: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the live tokens, never their text.")

    static let examples = [
        CommandExample("eralink token list", "the live ones"),
        CommandExample("eralink token list --all", "also revoked and expired ones"),
        CommandExample("eralink token list -o json", "for programs"),
    ]

    @Flag(help: "Also those that were revoked or have expired.")
    var all = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let now = context.now()
        let rows = try await context.withStore { try await $0.tokens() }.map { TokenRow(record: $0, now: now) }
        try context.output.list(rows.filter { all || $0.state == "live" })
    }
}

/// A token as it is listed.
struct TokenRow: OutputRow {
    let record: TokenRecord
    let now: Timestamp

    var state: String {
        if record.revokedAt != nil { return "revoked" }
        return record.expiresAt.map { $0 <= now } == true ? "expired" : "live"
    }

    static let columns = [
        OutputColumn<Self>("name") { $0.record.name }, OutputColumn("id") { "\($0.record.id)" },
        OutputColumn("state", colour: { $0.state == "live" ? .green : .grey }) { $0.state },
        OutputColumn("scopes") { $0.record.shownScopes }, OutputColumn("accounts") { $0.record.shownAccounts },
        OutputColumn("created_at") { $0.record.createdAt.description },
        OutputColumn("expires_at") { $0.record.expiresAt?.description ?? "never" },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("id", String(record.id))
            $0.member("name", record.name)
            $0.member("state", state)
            $0.member("scopes", record.scopes.map(\.rawValue))
            $0.member("accounts", record.accounts)
            $0.member("created_at", record.createdAt.description)
            $0.member("expires_at", record.expiresAt?.description)
            $0.member("revoked_at", record.revokedAt?.description)
        }
    }
}
