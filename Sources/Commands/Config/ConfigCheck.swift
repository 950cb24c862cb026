import ArgumentParser
import Domain
import JSON
import Terminal

struct ConfigCheck: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check all settings and list what is wrong (exit 2).")

    static let examples = [
        CommandExample("eralink config check", "check what is installed"),
        CommandExample("eralink config check --config new.yaml", "check a file before it is installed"),
        CommandExample("eralink config check -o json | jq -r '.[].message'", "the problems, for a program"),
    ]

    /// It reads them itself, to list every problem and not only the first.
    static let usesSettings = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let loader = SettingsLoader(flags: shared.flagSettings, environment: context.environment, file: shared.config)
        let (loaded, problems) = loader.loadAll()
        let findings =
            problems.map { Finding(severity: "error", message: $0.message) }
            + loaded.warnings.map { Finding(severity: "warning", message: $0) }
        try context.output.list(findings)
        guard problems.isEmpty else {
            let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
            throw CommandFailure.usage("the settings have \(count); mend what is listed")
        }
        let files = loaded.files.isEmpty ? "no settings file" : loaded.files.joined(separator: ", ")
        context.output.note("the settings are in order (\(files))")
    }
}

private struct Finding: OutputRow {
    let severity: String
    let message: String

    static let columns = [
        OutputColumn<Self>("severity", colour: { $0.severity == "error" ? .red : .yellow }) { $0.severity },
        OutputColumn("message") { $0.message },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("severity", severity)
            $0.member("message", message)
        }
    }
}
