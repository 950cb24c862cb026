extension Settings {
    /// The table of all settings, as the documentation shows it.
    package static var markdownTable: String {
        let rows = keys.map { key in
            "| `\(key.name)` | \(key.kind.replacing("|", with: " \\| ")) | \(key.shownDefault) | \(key.text) |\n"
        }
        return "| key | value | default | for |\n|---|---|---|---|\n" + rows.joined()
    }
}
