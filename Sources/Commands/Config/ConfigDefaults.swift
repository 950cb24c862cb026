import ArgumentParser
import JSON

struct ConfigDefaults: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "defaults", abstract: "Print a settings file with every key, its meaning and its default.")

    static let examples = [
        CommandExample("eralink config defaults > eralink.yaml", "start a file"),
        CommandExample("eralink config defaults -o json | jq -r '.[].key'", "the names of all settings"),
        CommandExample("eralink config defaults -o csv", "for a spreadsheet"),
    ]

    static let usesSettings = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        guard context.output.form == .table, !context.output.quiet else {
            return try context.output.list(Settings.keys.map(DefaultRow.init))
        }
        try context.output.text(Self.file)
    }

    /// Every line is a comment, so that the file changes nothing until somebody writes in it.
    static var file: String {
        let head = """
            # Settings of Eralink. Take the "#" away from what you change.
            # Flags and ERALINK_… variables (database.url: ERALINK_DATABASE_URL) are stronger than this file.

            """
        let entries = Settings.keys.map { key in
            let hasValue = key.show(Settings()) != nil
            return "\n# \(key.text)\n#\(key.name): \(hasValue ? key.show(Settings()) ?? "" : key.kind)\n"
        }
        return head + entries.joined()
    }
}

private struct DefaultRow: OutputRow {
    let key: SettingKey

    static let columns = [
        OutputColumn<Self>("setting") { $0.key.name }, OutputColumn("kind") { $0.key.kind },
        OutputColumn("default") { $0.key.shownDefault }, OutputColumn("meaning") { $0.key.text },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("key", key.name)
            $0.member("kind", key.kind)
            $0.member("default", key.show(Settings()))
            $0.member("environment", key.environmentName)
            $0.member("text", key.text)
        }
    }
}
