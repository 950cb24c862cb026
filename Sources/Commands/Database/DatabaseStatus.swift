import ArgumentParser
import JSON
import Store
import Terminal

struct DatabaseStatus: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Print how the schema stands to what this version needs.",
        discussion: "Where the daemons could not start on it the status is 6, and standard error says what to do.")

    static let examples = [
        CommandExample("eralink db status", "what is there, what is needed"),
        CommandExample("eralink db status -o json", "for programs"),
        CommandExample("eralink db status -q && systemctl start eralink-chat", "as a condition"),
    ]

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let status = try await context.withStore(anySchema: true) { try await $0.schemaStatus() }
        try context.output.object(SchemaRow(status: status))
        if let problem = status.problem { throw problem }
    }
}

private struct SchemaRow: OutputRow {
    let status: SchemaStatus

    var state: String {
        if status.version == status.needed { return "current" }
        if status.version == 0 { return "empty" }
        return status.version < status.needed ? "older" : "newer"
    }

    static let columns = [
        OutputColumn<Self>("state", colour: { $0.state == "current" ? .green : .red }) { $0.state },
        OutputColumn("schema", isNumber: true) { "\($0.status.version)" },
        OutputColumn("needed", isNumber: true) { "\($0.status.needed)" },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("state", state)
            $0.member("schema", status.version)
            $0.member("needed", status.needed)
        }
    }
}
