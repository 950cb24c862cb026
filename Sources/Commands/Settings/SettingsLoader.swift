import Domain
import FoundationEssentials

/// Settings from their layers: flag > `ERALINK_…` variable > systemd credential > `--config FILE` >
/// `$XDG_CONFIG_HOME/eralink/eralink.yaml` > `/etc/eralink/eralink.yaml` > default (cli.md, "Settings").
package struct SettingsLoader: Sendable {
    package var flags: [FlagSetting] = []
    package var environment: [String: String]
    /// The file of `--config`.
    package var file: String?
    package var systemFile = "/etc/eralink/eralink.yaml"

    package init(flags: [FlagSetting] = [], environment: [String: String], file: String? = nil) {
        self.flags = flags
        self.environment = environment
        self.file = file
    }

    /// Throws the first problem as a usage error.
    package func load() throws -> LoadedSettings {
        let (loaded, problems) = loadAll()
        if let first = problems.first { throw first }
        return loaded
    }

    /// Reads everything that can be read; what cannot is in `problems`, and its key keeps the default.
    package func loadAll() -> (LoadedSettings, problems: [EralinkError]) {
        var loaded = LoadedSettings()
        var problems: [EralinkError] = []
        var layers = [SettingsLayer.flags(flags), .environment(environment)]
        if let directory = environment["CREDENTIALS_DIRECTORY"] { layers.append(.credentials(directory)) }
        for (path, isRequired) in files {
            do {
                guard let found = try read(path, isRequired: isRequired, warnings: &loaded.warnings) else { continue }
                problems += unknownKeys(of: found)
                loaded.files.append(path)
                layers.append(.file(found))
            } catch let error as EralinkError {
                problems.append(error)
            } catch {
                problems.append(EralinkError(.invalidParams, "cannot read \(path): \(error)"))
            }
        }
        loaded.warnings += unknownVariables
        for key in Settings.keys {
            guard let (layer, text) = layers.lazy.compactMap({ layer in layer.text(of: key).map { (layer, $0) } }).first
            else { continue }
            let origin = layer.origin(key)
            do throws(SettingProblem) {
                try key.apply(text, &loaded.settings)
                loaded.origins[key.name] = origin
            } catch {
                problems.append(Self.invalid(key, text, origin, error))
            }
        }
        return (loaded, problems)
    }

    private var files: [(path: String, isRequired: Bool)] {
        var paths: [(String, Bool)] = file.map { [($0, true)] } ?? []
        if let home = environment["XDG_CONFIG_HOME"].flatMap({ $0.isEmpty ? nil : $0 })
            ?? environment["HOME"].map({ "\($0)/.config" })
        {
            paths.append(("\(home)/eralink/eralink.yaml", false))
        }
        return paths + [(systemFile, false)]
    }

    private func read(_ path: String, isRequired: Bool, warnings: inout [String]) throws -> SettingsFile? {
        if let data = FileBytes.read(path) {
            return try SettingsFile(path: path, yaml: String(decoding: data, as: UTF8.self))
        }
        if isRequired {
            throw EralinkError(
                .invalidParams, "cannot read the settings file \(path); make one with \"eralink config defaults\"",
                details: [.init("file", path)])
        }
        if FileManager.default.fileExists(atPath: path) {
            warnings.append("\(path) cannot be read; its settings are ignored")
        }
        return nil
    }

    private func unknownKeys(of file: SettingsFile) -> [EralinkError] {
        let known = Settings.keys.map(\.name)
        return file.values.filter { !known.contains($0.key) }.map { value in
            let suggestion = Nearest.name(to: value.key, among: known)
            let hint = suggestion.map { "; did you mean \"\($0)\"?" } ?? "; see \"eralink config defaults\""
            return EralinkError(
                .invalidParams, "\(file.path):\(value.line): unknown setting \"\(value.key)\"\(hint)",
                details: [.init("setting", value.key), .init("file", file.path), .init("suggestion", suggestion)])
        }
    }

    private var unknownVariables: [String] {
        let known = Settings.keys.map(\.environmentName)
        return environment.keys.filter { $0.hasPrefix("ERALINK_") && !known.contains($0) }.sorted().map { name in
            let hint = Nearest.name(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
            return "unknown variable \(name) is ignored\(hint)"
        }
    }

    private static func invalid(_ key: SettingKey, _ text: String, _ origin: String, _ problem: SettingProblem)
        -> EralinkError
    {
        let value = key.isSecret ? "the value" : "\"\(text)\""
        let place = origin == key.environmentName ? origin : "\(origin): \(key.name)"
        return EralinkError(
            .invalidParams, "\(place): \(value) \(problem.reason)",
            details: [.init("setting", key.name), .init("origin", origin)])
    }
}

/// Settings, and where each came from.
package struct LoadedSettings: Sendable {
    package var settings = Settings()
    /// The place of each value that is not a default.
    package var origins: [String: String] = [:]
    /// The files that were read, strongest first.
    package var files: [String] = []
    package var warnings: [String] = []

    package init() {}

    package func origin(of key: SettingKey) -> String { origins[key.name] ?? "default" }
}
