import Domain

/// The account as its connector sees it (cli.md, "Account settings").
package struct ConnectorAccount: Sendable {
    package var id: AccountID
    package var name: String
    package var kind: AccountKind
    /// Base URL of the messenger's API, without a trailing slash.
    package var apiURL: String
    /// The messenger's token.
    package var token: Secret
    package var settings: [String: String]
    /// What stands in the path of the account's webhook.
    package var webhookSecret: Secret?

    package init(
        id: AccountID, name: String, kind: AccountKind, apiURL: String, token: Secret, settings: [String: String],
        webhookSecret: Secret? = nil
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.apiURL = apiURL
        self.token = token
        self.settings = settings
        self.webhookSecret = webhookSecret
    }

    /// Where the messenger delivers what customers write; nil without `public_url`. Whoever knows it can pretend to be the messenger
    /// where that signs nothing.
    package var webhookURL: String? {
        guard let webhookSecret, let base = settings["public_url"] else { return nil }
        return "\(base)/webhooks/\(name)/\(webhookSecret.reveal())"
    }
}
