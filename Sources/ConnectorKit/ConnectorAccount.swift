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

    package init(
        id: AccountID, name: String, kind: AccountKind, apiURL: String, token: Secret, settings: [String: String]
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.apiURL = apiURL
        self.token = token
        self.settings = settings
    }
}
