import ArgumentParser
import JSON
import Store

struct DatabaseMigrate: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database's schema to what this version needs.",
        discussion: "Does nothing where it is there already. Several may run at once: each step is applied once.")

    static let examples = [
        CommandExample("eralink db migrate", "make or update the schema"),
        CommandExample("eralink db migrate -o json", "and see what was applied, for a program"),
        CommandExample("ERALINK_DATABASE_URL=postgresql://eralink@db1/eralink eralink db migrate", "for a database"),
    ]

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let row = try await context.withStore(anySchema: true) { store in
            let applied = try await store.migrate()
            return MigrationRow(schema: try await store.schemaStatus().version, applied: applied)
        }
        try context.output.object(row)
    }
}

private struct MigrationRow: OutputRow {
    let schema: Int
    let applied: [Int]

    static let columns = [
        OutputColumn<Self>("schema", isNumber: true) { "\($0.schema)" },
        OutputColumn("applied") {
            $0.applied.isEmpty ? "nothing to do" : $0.applied.map(String.init).joined(separator: " ")
        },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("schema", schema)
            $0.member("applied", applied)
        }
    }
}
