import Domain
import JSON

/// What an account keeps secret: the messenger's token, and those of its settings that are secrets. They are sealed together
/// as one small JSON object, `{"token":"…","webhook.password":"…"}`.
package struct AccountSecrets: Sendable, Equatable {
    package var token: Secret
    /// Secret settings by key: `webhook.password`, `webhook.header_value`.
    package var settings: [String: Secret]

    package init(token: Secret, settings: [String: Secret] = [:]) {
        self.token = token
        self.settings = settings
    }

    /// Whom a sealed secret belongs to: it cannot be opened for another account.
    package static func owner(of account: String) -> String { "account/\(account)" }

    package func encoded() -> Secret {
        var writer = JSONWriter()
        writer.object {
            $0.member("token", token.reveal())
            for (key, value) in settings.sorted(by: { $0.key < $1.key }) { $0.member(key, value.reveal()) }
        }
        return Secret(writer.text)
    }

    /// Throws `internal` where it was not made by `encoded`.
    package init(decoding secret: Secret) throws(EralinkError) {
        guard let members = (try? JSONValue(parsing: secret.reveal()))?.object,
            let token = members.first(where: { $0.name == "token" })?.value.string
        else { throw EralinkError(.internal, "an account's secret cannot be read; set it anew") }
        self.token = Secret(token)
        let rest = members.filter { $0.name != "token" }.compactMap { member in
            member.value.string.map { (member.name, Secret($0)) }
        }
        settings = Dictionary(rest, uniquingKeysWith: { $1 })
    }
}

extension SecretBox {
    package func seal(_ secrets: AccountSecrets, of account: String) throws(EralinkError) -> [UInt8] {
        try seal(secrets.encoded(), for: AccountSecrets.owner(of: account))
    }

    /// Throws `internal` with the remedy where the key is not the one that the account was stored with.
    package func secrets(of account: AccountRecord) throws(EralinkError) -> AccountSecrets {
        try AccountSecrets(decoding: try open(account.sealedSecret, for: AccountSecrets.owner(of: account.name)))
    }
}
