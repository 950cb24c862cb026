import ArgumentParser
import JSON
import Terminal

struct ConfigShow: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the settings that hold. Secrets are not shown.")

    static let examples = [
        CommandExample("eralink config show", "every setting and its value"),
        CommandExample("eralink config show --origin", "and where it comes from"),
        CommandExample("eralink config show -o json --config eralink.yaml", "for programs, with a file of your own"),
    ]

    @Flag(help: "Also print where each value comes from.")
    var origin = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let loaded = context.loadedSettings
        if origin {
            try context.output.list(Settings.keys.map { OriginRow($0, loaded) })
        } else {
            try context.output.list(Settings.keys.map { ValueRow($0, loaded) })
        }
    }
}

private struct ValueRow: OutputRow {
    let key: String
    let value: String?
    let shown: String

    init(_ key: SettingKey, _ loaded: LoadedSettings) {
        self.key = key.name
        value = key.show(loaded.settings)
        shown = value ?? key.shownDefault
    }

    static let columns = [
        OutputColumn<Self>("setting", minimum: 30) { $0.key }, OutputColumn("value") { $0.shown },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("key", key)
            $0.member("value", value)
        }
    }
}

private struct OriginRow: OutputRow {
    let row: ValueRow
    let origin: String

    init(_ key: SettingKey, _ loaded: LoadedSettings) {
        row = ValueRow(key, loaded)
        origin = loaded.origin(of: key)
    }

    static let columns = [
        OutputColumn<Self>("setting", minimum: 30) { $0.row.key }, OutputColumn("value") { $0.row.shown },
        OutputColumn("origin", colour: { $0.origin == "default" ? .grey : nil }) { $0.origin },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("key", row.key)
            $0.member("value", row.value)
            $0.member("origin", origin)
        }
    }
}
