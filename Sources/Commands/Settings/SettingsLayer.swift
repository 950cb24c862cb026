import Configuration

/// One source of settings: a provider of texts by key, and where each of them stands.
struct SettingsLayer: Sendable {
    let provider: any ConfigProvider
    /// Names the place of a key's value for a person: `ERALINK_LOG_LEVEL`, `/etc/eralink/eralink.yaml:3`.
    let origin: @Sendable (SettingKey) -> String
    /// Keys of ours are prefixed in this source.
    var prefix: [String] = []

    func text(of key: SettingKey) -> String? {
        let components = prefix + key.name.split(separator: ".").map(String.init)
        let result = try? provider.value(forKey: AbsoluteConfigKey(components), type: .string)
        guard case .string(let text)? = result?.value?.content else { return nil }
        return text
    }
}

extension SettingsLayer {
    /// Values given on the command line.
    static func flags(_ flags: [FlagSetting]) -> SettingsLayer {
        let names = Dictionary(flags.map { ($0.key, $0.flag) }, uniquingKeysWith: { _, last in last })
        return SettingsLayer(
            provider: memory("flags", flags.map { ($0.key, $0.text) }), origin: { names[$0.name] ?? "command line" })
    }

    /// The `ERALINK_…` variables; an empty one counts as not set.
    static func environment(_ variables: [String: String]) -> SettingsLayer {
        let set = variables.filter { !$0.value.isEmpty }
        return SettingsLayer(
            provider: EnvironmentVariablesProvider(environmentVariables: set), origin: { $0.environmentName },
            prefix: ["eralink"])
    }

    /// What systemd hands over (`LoadCredential=database.url:…`): a file a key, named like the key.
    static func credentials(_ directory: String) -> SettingsLayer {
        let values = Settings.keys.compactMap { key -> (String, String)? in
            guard let data = FileBytes.read("\(directory)/\(key.name)") else { return nil }
            let text = String(decoding: data, as: UTF8.self)
            return (key.name, text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
        return SettingsLayer(provider: memory("credentials", values), origin: { "credential \($0.name)" })
    }

    static func file(_ file: SettingsFile) -> SettingsLayer {
        let lines = Dictionary(file.values.map { ($0.key, $0.line) }, uniquingKeysWith: { _, last in last })
        return SettingsLayer(
            provider: memory(file.path, file.values.map { ($0.key, $0.text) }),
            origin: { key in "\(file.path)\(lines[key.name].map { ":\($0)" } ?? "")" })
    }

    private static func memory(_ name: String, _ values: [(key: String, text: String)]) -> InMemoryProvider {
        let pairs = values.map { key, text in
            (AbsoluteConfigKey(key.split(separator: ".").map(String.init)), ConfigValue(.string(text), isSecret: false))
        }
        return InMemoryProvider(name: name, values: Dictionary(pairs, uniquingKeysWith: { _, last in last }))
    }
}

/// A setting that was given as a flag of the command line.
package struct FlagSetting: Sendable, Equatable {
    package let key: String
    package let text: String
    package let flag: String

    package init(_ key: String, _ text: String, flag: String) {
        self.key = key
        self.text = text
        self.flag = flag
    }
}
