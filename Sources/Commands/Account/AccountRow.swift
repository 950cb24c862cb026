import Domain
import JSON
import Store
import Terminal

/// An account as it is printed: what an admin set, and no secret.
struct AccountRow: OutputRow {
    let account: AccountRecord

    static let columns = [
        OutputColumn<Self>("name") { $0.account.name }, OutputColumn("kind") { $0.account.kind.rawValue },
        OutputColumn("channel") { $0.account.kind.channel.rawValue },
        OutputColumn("enabled", colour: { $0.account.enabled ? .green : .yellow }) {
            $0.account.enabled ? "yes" : "no"
        },
        OutputColumn("api_url") { $0.account.apiURL }, OutputColumn("settings") { $0.shownSettings },
    ]

    private var sortedSettings: [(key: String, value: String)] { account.settings.sorted { $0.key < $1.key } }

    var shownSettings: String { sortedSettings.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }

    func write(to writer: inout JSONWriter) { writer.objectValue { writeMembers(to: &$0) } }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("name", account.name)
        writer.member("kind", account.kind.rawValue)
        writer.member("channel", account.kind.channel.rawValue)
        writer.member("enabled", account.enabled)
        writer.member("api_url", account.apiURL)
        writer.object("settings") { for (key, value) in sortedSettings { $0.member(key, value) } }
    }
}

/// One account with the address that its messenger is to be told. That address is a secret between the two of them.
struct AccountDetails: OutputRow {
    let row: AccountRow

    init(_ account: AccountRecord) { row = AccountRow(account: account) }

    /// Nil without `public_url`.
    var webhookURL: String? {
        let account = row.account
        return account.settings["public_url"].map { "\($0)/webhooks/\(account.name)/\(account.webhookSecret)" }
    }

    static let columns =
        AccountRow.columns.map { column in column.of(\AccountDetails.row) }
        + [OutputColumn<Self>("webhook_url") { $0.webhookURL ?? "" }]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            row.writeMembers(to: &$0)
            $0.member("webhook_url", webhookURL)
        }
    }
}
