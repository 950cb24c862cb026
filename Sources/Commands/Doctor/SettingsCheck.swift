import Domain

/// Whether the settings can be read, and whether those are there that nothing works without.
enum SettingsCheck {
    static func judge(problems: [EralinkError], _ loaded: LoadedSettings) -> [Diagnosis] {
        var found = problems.map {
            Diagnosis.failed("settings", $0.message, "mend it; \"eralink config check\" tries it")
        }
        found += loaded.warnings.map {
            Diagnosis.warning("settings", $0, "take it away, or write it as \"eralink config defaults\" does")
        }
        if loaded.settings.database.url == nil, !problems.contains(where: { $0.message.contains("database.url") }) {
            found.append(
                .failed(
                    "settings", "database.url is not set",
                    "set it, or ERALINK_DATABASE_URL, to postgresql://user@host/database"))
        }
        guard found.isEmpty else { return found }
        let files = loaded.files.isEmpty ? "" : " from \(loaded.files.joined(separator: ", "))"
        return [.ok("settings", "\(loaded.origins.count) set\(files)")]
    }
}
