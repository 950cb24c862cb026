import Domain
import JSON

/// What of an account is kept encrypted: its token and the settings that are secrets, sealed together.
package struct AccountSecrets: Sendable, Equatable {
    package var token: Secret
    /// By the setting's key (cli.md, "Account settings"): `webhook.password`, `webhook.header_value`.
    package var settings: [String: Secret]

    package init(token: Secret, settings: [String: Secret] = [:]) {
        self.token = token
        self.settings = settings
    }

    package func sealed(for account: String, with box: SecretBox) throws(EralinkError) -> [UInt8] {
        let json = JSONWriter.object { writer in
            writer.member("token", token.reveal())
            for (key, secret) in settings.sorted(by: { $0.key < $1.key }) { writer.member(key, secret.reveal()) }
        }
        return try box.seal(Secret(String(decoding: json, as: UTF8.self)), for: Self.owner(account))
    }

    package init(opening sealed: [UInt8], of account: String, with box: SecretBox) throws(EralinkError) {
        let text = try box.open(sealed, for: Self.owner(account)).reveal()
        guard let members = (try? JSONValue(parsing: Array(text.utf8)))?.object,
            let token = members.first(where: { $0.name == "token" })?.value.string
        else { throw EralinkError(.internal, "the stored secret of account \(account) cannot be read") }
        self.token = Secret(token)
        settings = [:]
        for member in members where member.name != "token" {
            settings[member.name] = member.value.string.map { Secret($0) }
        }
    }

    private static func owner(_ account: String) -> String { "account/\(account)" }
}
