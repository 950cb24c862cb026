import Domain

/// The `key=value` pairs of a command line, checked against the account's kind. `@FILE` reads a value from a file, which is the
/// only way for secrets; an empty value takes the setting away.
struct AccountAssignments: Sendable {
    private(set) var apiURL: String?
    private(set) var webhookSecret: String?
    /// Nil takes the setting away.
    private(set) var plain: [String: String?] = [:]
    private(set) var secret: [String: Domain.Secret?] = [:]

    var isEmpty: Bool { apiURL == nil && webhookSecret == nil && plain.isEmpty && secret.isEmpty }

    /// Throws a usage error that shows no value that may be secret.
    init(_ pairs: [String], apiURL: String? = nil, kind: AccountKind) throws {
        let all = (apiURL.map { ["api_url=\($0)"] } ?? []) + pairs
        var seen: Set<String> = []
        for pair in all {
            guard let equals = pair.firstIndex(of: "=") else {
                throw CommandFailure.usage("a setting is written key=value, or key=@FILE")
            }
            let name = String(pair[..<equals])
            guard let key = kind.settingKeys.first(where: { $0.name == name }) else { throw Self.unknown(name, kind) }
            guard seen.insert(name).inserted else { throw CommandFailure.usage("\(name) is given twice") }
            try take(key, String(pair[pair.index(after: equals)...]))
        }
    }

    private mutating func take(_ key: AccountSettingKey, _ text: String) throws {
        guard !text.isEmpty else {
            guard key.name != "api_url", key.name != "webhook.secret" else {
                throw CommandFailure.usage("\(key.name) cannot be taken away; give it another value")
            }
            if key.isSecret { secret[key.name] = .some(nil) } else { plain[key.name] = .some(nil) }
            return
        }
        let value = try Self.read(key, text)
        if let problem = key.problem(value) {
            let shown = key.isSecret ? "the value" : "\"\(value)\""
            throw CommandFailure.usage("\(key.name): \(shown) \(problem)", details: [.init("setting", key.name)])
        }
        switch key.name {
        case "api_url": apiURL = AccountURL.base(value)
        case "webhook.secret": webhookSecret = value
        case "public_url": plain[key.name] = AccountURL.base(value)
        case _ where key.isSecret: secret[key.name] = Domain.Secret(value)
        default: plain[key.name] = value
        }
    }

    private static func read(_ key: AccountSettingKey, _ text: String) throws -> String {
        guard text.hasPrefix("@") else {
            if key.isSecret {
                throw CommandFailure.usage(
                    "\(key.name) is a secret and not for the command line; write it into a file and give \(key.name)=@FILE",
                    details: [.init("setting", key.name)])
            }
            return text
        }
        do throws(SettingProblem) {
            return SecretText.trimmed(try Secret(contentsOfFile: String(text.dropFirst())).value)
        } catch {
            throw CommandFailure.usage("\(key.name): the value \(error.reason)", details: [.init("setting", key.name)])
        }
    }

    private static func unknown(_ name: String, _ kind: AccountKind) -> CommandFailure {
        let known = kind.settingKeys.map(\.name)
        let suggestion = Nearest.name(to: name, among: known)
        let hint = suggestion.map { "did you mean \"\($0)\"?" } ?? "there are \(known.joined(separator: ", "))"
        return .usage(
            "a \(kind.rawValue) account has no setting \"\(name)\"; \(hint)",
            details: [.init("setting", name), .init("suggestion", suggestion)])
    }

    // MARK: what an account has with them

    func settings(over old: [String: String] = [:]) -> [String: String] {
        var settings = old
        for (key, value) in plain { settings[key] = value }
        return settings
    }

    func secrets(over old: [String: Domain.Secret] = [:]) -> [String: Domain.Secret] {
        var secrets = old
        for (key, value) in secret { secrets[key] = value }
        return secrets
    }

    /// Throws where an account of the kind with these settings would be nothing.
    static func check(_ kind: AccountKind, settings: [String: String], secretKeys: Set<String>?) throws {
        for key in kind.settingKeys where key.isRequired && settings[key.name] == nil {
            throw CommandFailure.usage(
                "a \(kind.rawValue) account needs \(key.name); give --set \(key.name)=VALUE",
                details: [.init("setting", key.name)])
        }
        guard let secretKeys else { return }
        for (plain, secret) in [("webhook.user", "webhook.password"), ("webhook.header", "webhook.header_value")]
        where (settings[plain] != nil) != secretKeys.contains(secret) {
            throw CommandFailure.usage("\(plain) and \(secret) go together; give both or neither")
        }
    }
}
