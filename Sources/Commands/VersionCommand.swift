import ArgumentParser
import JSON

/// The version of this program.
package enum Version {
    package static let current = "0.1.0"
    /// Of its manual pages.
    package static let date = "November 25, 2026"
}

struct VersionCommand: ContextCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    static let examples = [
        CommandExample("eralink version", "for people"),
        CommandExample("eralink version -q", "the number alone"),
        CommandExample("eralink version -o json", "for programs"),
    ]

    static let usesSettings = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        guard context.output.form == .table, !context.output.quiet else {
            return try context.output.object(VersionRow())
        }
        try context.output.text("eralink \(Version.current)\n")
    }
}

private struct VersionRow: OutputRow {
    static let columns = [OutputColumn<Self>("version") { _ in Version.current }]

    func write(to writer: inout JSONWriter) {
        writer.objectValue { $0.member("version", Version.current) }
    }
}
