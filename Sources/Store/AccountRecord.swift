import Domain

/// An account as an admin set it. The secret stays encrypted; `SecretBox` opens it.
package struct AccountRecord: Sendable, Equatable {
    package var id: AccountID
    package var name: String
    package var kind: AccountKind
    package var apiURL: String
    /// cli.md, "Account settings", by key.
    package var settings: [String: String]
    package var sealedSecret: [UInt8]
    package var webhookSecret: String
    package var enabled: Bool
    package var version: Int64
}

/// What a chat's row must know of its account.
package struct AccountReference: Sendable, Equatable {
    package var id: AccountID
    package var name: String
    package var kind: AccountKind
    package var settings: [String: String]
    package var enabled: Bool
}
